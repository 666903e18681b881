from django.urls import path

from . import views

urlpatterns = [
    path('', views.index, name='index'),
    path('check-status/', views.check_status, name='check_status'),
]

from django.urls import path
from django.views.generic import TemplateView

from . import views

urlpatterns = [
    path('', views.index, name='index'),
    path('check-status/', views.check_status, name='check_status'),
    path('check-status/<uuid:task_id>/', views.task_status, name='task_status'),
    path('live/', TemplateView.as_view(template_name='live.html'), name='live'),
]

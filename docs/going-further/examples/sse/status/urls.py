from . import sse

urlpatterns += [
    path('sse/', sse.page, name='sse'),
    path('sse/stream', sse.stream, name='sse_stream'),
]

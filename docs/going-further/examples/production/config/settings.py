# Where `collectstatic` gathers the files that the proxy serves.
STATIC_ROOT = BASE_DIR / 'staticfiles'

if not DEBUG:
    # The proxy speaks HTTPS with the browser, and says so in this header. It must set it itself:
    # a header that a stranger could send would be a lie that Django believes.
    SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
    SECURE_SSL_REDIRECT = True
    # A browser that was told so speaks HTTPS for this many seconds. Begin with an hour.
    SECURE_HSTS_SECONDS = config('SECURE_HSTS_SECONDS', default=3600, cast=int)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # Write errors to the terminal, whichever server runs. Django would send a mail, and write them
    # nowhere. Daphne does write what comes up to the root, so nothing goes on to there: else twice.
    LOGGING = {
        'version': 1,
        'disable_existing_loggers': False,
        'handlers': {'console': {'class': 'logging.StreamHandler'}},
        'loggers': {'django': {'handlers': ['console'], 'level': 'INFO', 'propagate': False}},
    }

# How long a result is kept. Beat deletes older ones once a day.
CELERY_RESULT_EXPIRES = 7 * 24 * 60 * 60

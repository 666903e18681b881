# Readers and one writer at a time don't wait for each other, and two writers queue up.
DATABASES['default']['OPTIONS'] = {
    'init_command': 'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;',
    'transaction_mode': 'IMMEDIATE',
    'timeout': 20,
}

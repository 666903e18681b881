"""The cause of a failure, from what it left behind: a traceback, a DEBUG page, a warning, a log.

Begin with `evidence` (what was left behind), then `causes` (what is recognised, as data); `explain`
puts both together for a ✗. What no cause is known for keeps the check's own question.
"""

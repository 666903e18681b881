"""Nobody is let in who does not belong there, and garbage disturbs no one."""

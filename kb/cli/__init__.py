"""The command line: one module per command group. Nothing heavy is imported before a command needs it."""

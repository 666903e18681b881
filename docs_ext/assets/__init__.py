"""What a page shows of files that lie beside it: captured output, examples, diagrams, solutions.

May import workbook alone. Each file holds one kind, with a function that finds it by its name:
begin with the kind at hand.
"""

"""What a listing shows of a step's file: which parts, where they go, which lines are new.

May import workbook alone. Begin with `excerpt`, which puts the others together: `address` reads
what a fence names, `versions` has it at each stage, `parts` finds it, `placement` says where it
goes, `line_diff` what is new. `small_changes` shows what is changed by the lines around it;
`step_diff` is the lesson's diff, with `line_diff`'s numbers; `workbook diff` makes its own.
"""

"""What a run writes down as it goes: the evidence, from which all else can be rebuilt.

    reports/<run-id>/run.json                  RunRecord
    reports/<run-id>/trials/<...>/trial.json   TrialRecord

Every model refuses what it does not know, and undefined values are None, never 0.
"""

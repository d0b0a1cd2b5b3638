"""One bench run: line-up, plan, trials, load, calibration, resume."""

"""What every test takes for granted."""

import signal

# A shell that starts the tests in the background lets them ignore SIGINT, and so what they start:
# a bench would not notice the interruptions that it is tested with.
signal.signal(signal.SIGINT, signal.default_int_handler)

"""The lab: containers, database, images, counters and the machine they run on."""

"""The record of what happened in a hall, and the monthly sheet scored from it. Pure core; SQL only in db/."""

"""What went wrong, one record a miss, false alarm or wrong attribute, each with its cause.

Nothing of this runs unless it is asked for. It goes by the pairing the headline figures use: what they count as missed
or false stands here once, what they count as right or set aside does not.
"""

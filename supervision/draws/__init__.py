"""Double-random draws (双随机): which inspector visits which window, decided by a seed that was fixed beforehand.

lottery.py is the pure draw, which anyone can run again; ceremony.py the acts: commit, reveal, verify.
"""

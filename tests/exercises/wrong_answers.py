ANSWERS, RIGHT = [], []

"""The facts by which formula cells are judged: their ranges, their neighbours, the cells that they use."""

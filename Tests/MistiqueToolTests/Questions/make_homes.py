"""Makes homes.csv, the table of QuestionOracleTests: gaps, NaN, texts, dates, ties, odd names, classes and votes for them.

    python3 make_homes.py > homes.csv
"""

import random

random.seed(20181)
print("id,kind,city,area,rooms,price,built,a.b,🚲,big,guess,class,p0,p1,p2")
KINDS = ["flat", "house", "villa"]
for row in range(200):
    area = random.uniform(20, 300)
    rooms = int(area / 30) + random.randint(0, 2)
    kind = random.choice(KINDS)
    city = random.choice(["6037", "6059", "6111", ""])
    price = area * 3000 * (1.5 if kind == "villa" else 1) + random.gauss(0, 30000)
    guess = kind if random.random() < 0.7 else random.choice(KINDS + ["barn"])
    votes = [random.random() + (KINDS[place] == kind) * 0.6 for place in range(3)]
    cells = [
        row, kind, city, "" if row % 17 == 0 else f"{area:.2f}", rooms, f"{price:.2f}", f"{2000 + row % 20}-0{1 + row % 9}-1{row % 9}",
        "nan" if row % 13 == 0 else row * 0.5, "" if row % 5 == 0 else f"x{row % 3}", 9007199254740992 + row // 2, guess, KINDS.index(kind),
    ] + [f"{vote:.4f}" for vote in votes]
    print(",".join(map(str, cells)))

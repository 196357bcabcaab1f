"""How far people moved towards others, one person, one other and one question at a time."""

import numpy as np


def shares_of_the_way(first, second, pairs):
    """As it stands, towards placebo partners, and because of the partner; people are rows, NaN where not answered.

    Everybody else is an equally possible partner. Of the way to several partners each tells a part.
    """
    partners = {(a, b) for a, b in pairs} | {(b, a) for a, b in pairs}
    everyone = range(len(first))
    sums = np.zeros((3, 2))
    for i in everyone:
        tells = ~np.isnan(first[i]) & ~np.isnan(second[i])
        ways = [first[j] - first[i] for own, j in partners if own == i]
        if not any(np.nansum(way[tells] ** 2) > 1e-12 for way in ways):
            continue
        for k in range(first.shape[1]):
            if np.isnan(first[i, k]) or np.isnan(second[i, k]):
                continue
            change, all_ways = second[i, k] - first[i, k], np.nansum([way[k] for way in ways])
            possible = [first[j, k] for j in everyone if j != i and not np.isnan(first[j, k])]
            for j in everyone:
                if j == i or np.isnan(first[j, k]):
                    continue
                way = first[j, k] - first[i, k]
                if (i, j) in partners:
                    apart = first[j, k] - np.mean(possible)
                    sums[0] += change * way, way * way
                    sums[2] += change * apart, all_ways * apart
                else:
                    sums[1] += change * way, way * way
    return sums[:, 0] / sums[:, 1]

"""How sure a share is that was counted."""

import math


def interval(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Give the 95 % interval of a share (E. B. Wilson, JASA 22 (1927), 209-212)."""
    share, whole = hits / count, 1 + z * z / count
    middle = share + z * z / (2 * count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, (middle - reach) / whole), (middle + reach) / whole

// Best fit decreasing, several resources: of the open bins that fit the one with the least left, resources added up (all
// have one capacity), the first of equals.
#include <limits>

#include "open_bins.hpp"

namespace {
constexpr int32_t NONE = std::numeric_limits<int32_t>::max();

template <int D>
int32_t left_over(const OpenBins<D>& open, const int32_t* size, int64_t b) {  // NONE where it does not fit
    int32_t total = 0, fits = -1;
    for (int h = 0; h < D; h++) {
        int32_t left = open.column[h][b];
        total += left;
        fits &= -(left >= size[h]);
    }
    return (total & fits) | (NONE & ~fits);
}

template <int D>
int64_t fullest_fitting(const OpenBins<D>& open, const int32_t* size) {
    int32_t best = NONE;
    int64_t best_block = -1;
    for (int64_t block = open.first / BLOCK * BLOCK; block < open.bins; block += BLOCK) {
        int32_t least = NONE;
        for (int64_t b = block; b < block + BLOCK; b++) {
            int32_t left = left_over(open, size, b);
            least = left < least ? left : least;
        }
        if (least < best) best = least, best_block = block;
    }
    if (best_block < 0) return -1;
    while (left_over(open, size, best_block) != best) best_block++;
    return best_block;
}

template <int D>
int64_t run(int64_t m, const int64_t* sizes, const int64_t* demands, int64_t capacity, int32_t* bin_of) {
    OpenBins<D> open;
    auto items = sorted_items<D>(m, sizes, demands, bin_of);
    auto least = least_from(items);
    for (size_t at = 0; at < items.size(); at++) {
        Item<D>& item = items[at];
        open.pass_full(&least[at * D]);
        while (item.copies > 0) {
            int64_t bin = fullest_fitting(open, item.size);
            if (bin < 0) {
                bin = open.bins;
                open.open((int32_t)capacity);
            }
            open.place(item, bin);
        }
    }
    return open.bins;
}
}  // namespace

BASELINE(vector_best_fit_scan) { FOR_RESOURCES(run, m, sizes, demands, capacity, bin_of) }

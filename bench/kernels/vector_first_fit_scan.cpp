// First fit decreasing, several resources: look through the open bins in order, a block at a time.
#include "open_bins.hpp"

namespace {
template <int D>
int64_t first_fitting(const OpenBins<D>& open, const int32_t* size, int64_t from) {
    for (int64_t block = from / BLOCK * BLOCK; block < open.bins; block += BLOCK) {
        int32_t any = 0;
        for (int64_t b = block; b < block + BLOCK; b++) {
            int32_t fits = -1;
            for (int h = 0; h < D; h++) fits &= -(open.column[h][b] >= size[h]);
            any |= fits;
        }
        if (!any) continue;
        for (int64_t b = block; b < block + BLOCK; b++) {
            bool fits = true;
            for (int h = 0; h < D; h++) fits &= open.column[h][b] >= size[h];
            if (fits) return b;
        }
    }
    return -1;
}

template <int D>
int64_t run(int64_t m, const int64_t* sizes, const int64_t* demands, int64_t capacity, int32_t* bin_of) {
    OpenBins<D> open;
    auto items = sorted_items<D>(m, sizes, demands, bin_of);
    auto least = least_from(items);
    for (size_t at = 0; at < items.size(); at++) {
        Item<D>& item = items[at];
        open.pass_full(&least[at * D]);
        int64_t bin = open.first;  // a bin that was passed has no room for further copies either
        while (item.copies > 0) {
            bin = first_fitting(open, item.size, bin);
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

BASELINE(vector_first_fit_scan) { FOR_RESOURCES(run, m, sizes, demands, capacity, bin_of) }

// First fit decreasing, several resources: a scan over blocks of bins by the largest residual of each resource in a block,
// then within the blocks where an item may fit.
#include "open_bins.hpp"

namespace {
template <int D>
struct Blocks {
    OpenBins<D> bins, most;  // a "bin" of ``most`` is a block

    void update(int64_t block) {
        if (block == most.bins) most.open(0);
        for (int h = 0; h < D; h++) {
            int32_t largest = -1;
            for (int64_t b = block * BLOCK; b < (block + 1) * BLOCK; b++) {
                int32_t left = bins.column[h][b];
                largest = left > largest ? left : largest;
            }
            most.column[h][block] = largest;
        }
    }
};

template <int D>
int64_t first_in(const OpenBins<D>& open, const int32_t* size, int64_t block) {  // -1 where none in the block fits
    int32_t fits[BLOCK], any = 0;
    for (int64_t b = 0; b < BLOCK; b++) {
        fits[b] = -1;
        for (int h = 0; h < D; h++) fits[b] &= -(open.column[h][block * BLOCK + b] >= size[h]);
        any |= fits[b];
    }
    if (!any) return -1;
    int64_t b = 0;
    while (!fits[b]) b++;
    return block * BLOCK + b;
}

template <int D>
int64_t first_fitting(const Blocks<D>& open, const int32_t* size, int64_t from) {  // from: a block
    for (int64_t above = from / BLOCK; above * BLOCK < open.most.bins; above++) {
        int32_t may[BLOCK], any = 0;
        for (int64_t b = 0; b < BLOCK; b++) {
            may[b] = -1;
            for (int h = 0; h < D; h++) may[b] &= -(open.most.column[h][above * BLOCK + b] >= size[h]);
            any |= may[b];
        }
        for (int64_t b = 0; any && b < BLOCK; b++) {
            int64_t bin = may[b] ? first_in(open.bins, size, above * BLOCK + b) : -1;
            if (bin >= 0) return bin;
        }
    }
    return -1;
}

template <int D>
int64_t run(int64_t m, const int64_t* sizes, const int64_t* demands, int64_t capacity, int32_t* bin_of) {
    Blocks<D> open;
    auto items = sorted_items<D>(m, sizes, demands, bin_of);
    auto least = least_from(items);
    for (size_t at = 0; at < items.size(); at++) {
        Item<D>& item = items[at];
        open.most.pass_full(&least[at * D]);
        int64_t bin = open.most.first * BLOCK;  // a bin that was passed has no room for further copies either
        while (item.copies > 0) {
            bin = first_fitting(open, item.size, bin / BLOCK);
            if (bin < 0) {
                bin = open.bins.bins;
                open.bins.open((int32_t)capacity);
            }
            open.bins.place(item, bin);
            open.update(bin / BLOCK);
        }
    }
    return open.bins.bins;
}
}  // namespace

BASELINE(vector_first_fit_blocks) { FOR_RESOURCES(run, m, sizes, demands, capacity, bin_of) }

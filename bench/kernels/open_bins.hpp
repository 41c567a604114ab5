// Open bins as a structure of arrays, in blocks that gcc turns into vector instructions, and without those at the front
// that have no room for any item still to come.
#pragma once
#include "baseline.hpp"

constexpr int64_t BLOCK = 32;

template <int D>
struct OpenBins {
    int64_t bins = 0, first = 0;
    std::vector<int32_t> left[D];  // a multiple of BLOCK; -1, where nothing fits, behind the last bin
    int32_t* column[D] = {};       // where they are: without it gcc looks them up for every bin

    void open(int32_t capacity) {
        for (int h = 0; h < D; h++) {
            if (bins % BLOCK == 0) left[h].resize(bins + BLOCK, -1);
            column[h] = left[h].data();
            column[h][bins] = capacity;
        }
        bins++;
    }

    // least: the least that any item from here on takes in each resource.
    void pass_full(const int32_t* least) {
        for (; first < bins; first++)
            for (int h = 0; h <= D; h++) {
                if (h == D) return;
                if (column[h][first] < least[h]) break;
            }
    }

    void place(Item<D>& item, int64_t bin) {
        int32_t free[D];
        for (int h = 0; h < D; h++) free[h] = column[h][bin];
        int64_t copies = room(item, free);
        put(item, copies, bin);
        for (int h = 0; h < D; h++) column[h][bin] -= (int32_t)copies * item.size[h];
    }
};

// (m, D): the least size in each resource from each place of the order on.
template <int D>
std::vector<int32_t> least_from(const std::vector<Item<D>>& items) {
    std::vector<int32_t> least(items.size() * D);
    for (int64_t at = (int64_t)items.size() - 1; at >= 0; at--)
        for (int h = 0; h < D; h++) {
            int32_t size = items[at].size[h];
            least[at * D + h] = at + 1 < (int64_t)items.size() ? std::min(size, least[(at + 1) * D + h]) : size;
        }
    return least;
}

// Bins with the same content, one after the other, as one group: a run of equal copies is placed into many at once.
#pragma once
#include "baseline.hpp"

template <int D>
struct Group {
    int64_t start, times;  // bins start ... start + times - 1
    int32_t left[D];
};

template <int D>
struct Groups {
    std::vector<Group<D>> groups;  // in the order of their bins
    int64_t bins = 0;

    bool fits(const Item<D>& item, size_t g) const {
        bool all = true;
        for (int h = 0; h < D; h++) all &= groups[g].left[h] >= item.size[h];
        return all;
    }

    // As many copies as there are and as fit into the bins of the group, which is split where not all bins get as many.
    void place(Item<D>& item, size_t g) {
        int64_t most = room(item, groups[g].left), full = std::min(groups[g].times, item.copies / most);
        bool others = full < groups[g].times;
        fill(item, g, full, most);
        if (others && item.copies > 0) fill(item, g + 1, 1, item.copies);
    }

    // New bins for the copies that are left.
    void open(Item<D>& item, int64_t capacity) {
        Group<D> empty{bins, 0, {}};
        std::fill_n(empty.left, D, (int32_t)capacity);
        int64_t most = room(item, empty.left);
        empty.times = (item.copies + most - 1) / most;
        bins += empty.times;
        groups.push_back(empty);
        place(item, groups.size() - 1);
    }

  private:
    // ``copies`` into each of the first ``times`` bins of the group; the others become the group behind it.
    void fill(Item<D>& item, size_t g, int64_t times, int64_t copies) {
        if (times < groups[g].times) {
            Group<D> others = groups[g];
            others.start += times;
            others.times -= times;
            groups.insert(groups.begin() + g + 1, others);
            groups[g].times = times;
        }
        for (int h = 0; h < D; h++) groups[g].left[h] -= (int32_t)copies * item.size[h];
        for (int64_t b = groups[g].start; b < groups[g].start + times; b++) put(item, copies, b);
    }
};

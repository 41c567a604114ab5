// Best fit decreasing, any number of resources, by groups of equal bins: those with the least left first, resources added
// up, the first of equals. A bin that is fullest stays so while it is filled, so one look serves all copies of an item type.
#include "groups.hpp"

namespace {
template <int D>
int64_t run(int64_t m, const int64_t* sizes, const int64_t* demands, int64_t capacity, int32_t* bin_of) {
    Groups<D> open;
    std::vector<std::pair<int64_t, int64_t>> fitting;  // left and place among the groups, both negative
    for (Item<D> item : sorted_items<D>(m, sizes, demands, bin_of)) {
        fitting.clear();
        for (size_t g = 0; g < open.groups.size(); g++) {
            const int32_t* left = open.groups[g].left;
            if (open.fits(item, g)) fitting.emplace_back(-std::accumulate(left, left + D, (int64_t)0), -(int64_t)g);
        }
        std::make_heap(fitting.begin(), fitting.end());
        // Only the last placement splits a group, so places stay what they were.
        while (item.copies > 0 && !fitting.empty()) {
            std::pop_heap(fitting.begin(), fitting.end());
            open.place(item, -fitting.back().second);
            fitting.pop_back();
        }
        if (item.copies > 0) open.open(item, capacity);
    }
    return open.bins;
}
}  // namespace

BASELINE(best_fit_groups) { FOR_RESOURCES(run, m, sizes, demands, capacity, bin_of) }

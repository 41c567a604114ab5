// First fit decreasing, any number of resources, by groups of equal bins.
#include "groups.hpp"

namespace {
template <int D>
int64_t run(int64_t m, const int64_t* sizes, const int64_t* demands, int64_t capacity, int32_t* bin_of) {
    Groups<D> open;
    for (Item<D> item : sorted_items<D>(m, sizes, demands, bin_of)) {
        for (size_t g = 0; item.copies > 0 && g < open.groups.size(); g++)
            if (open.fits(item, g)) open.place(item, g);
        if (item.copies > 0) open.open(item, capacity);
    }
    return open.bins;
}
}  // namespace

BASELINE(first_fit_groups) { FOR_RESOURCES(run, m, sizes, demands, capacity, bin_of) }

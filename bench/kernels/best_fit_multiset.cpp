// Best fit decreasing, one resource: residuals in a std::multiset.
#include <set>

#include "baseline.hpp"

BASELINE(best_fit_multiset) {
    if (d != 1) return -1;
    std::multiset<std::pair<int32_t, int32_t>> open;  // residual, bin
    int32_t bins = 0;
    for (Item<1> item : sorted_items<1>(m, sizes, demands, bin_of)) {
        while (item.copies > 0) {
            auto at = open.lower_bound({item.size[0], 0});
            bool fits = at != open.end();
            int32_t left = fits ? at->first : (int32_t)capacity, bin = fits ? at->second : bins++;
            int64_t copies = room(item, &left);
            put(item, copies, bin);
            left -= (int32_t)copies * item.size[0];
            if (!fits) {
                open.insert({left, bin});
                continue;
            }
            auto node = open.extract(at);
            node.value() = {left, bin};
            open.insert(std::move(node));
        }
    }
    return bins;
}

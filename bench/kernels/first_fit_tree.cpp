// First fit decreasing, one resource: a tournament tree whose nodes hold the largest residual below them.
// Source: D. S. Johnson, "Near-optimal bin packing algorithms", thesis, MIT, 1973 (O(n log n) by a tree).
#include "baseline.hpp"

namespace {
struct Tree {
    int64_t leaves = 64, bins = 0;
    std::vector<int32_t> most = std::vector<int32_t>(128);

    void widen() {
        std::vector<int32_t> wide(4 * leaves);
        std::copy(most.begin() + leaves, most.end(), wide.begin() + 2 * leaves);
        leaves *= 2;
        for (int64_t node = leaves - 1; node > 0; node--) wide[node] = std::max(wide[2 * node], wide[2 * node + 1]);
        most.swap(wide);
    }

    int64_t first(int32_t size) const {
        int64_t node = 1;
        while (node < leaves) node = 2 * node + (most[2 * node] < size);
        return node - leaves;
    }

    void set(int64_t bin, int32_t left) {
        int64_t node = bin + leaves;
        most[node] = left;
        for (node /= 2; node > 0; node /= 2) {
            int32_t larger = std::max(most[2 * node], most[2 * node + 1]);
            if (most[node] == larger) break;
            most[node] = larger;
        }
    }
};
}  // namespace

BASELINE(first_fit_tree) {
    if (d != 1) return -1;
    Tree tree;
    for (Item<1> item : sorted_items<1>(m, sizes, demands, bin_of)) {
        while (item.copies > 0) {
            bool fits = tree.bins > 0 && tree.most[1] >= item.size[0];
            if (!fits && tree.bins == tree.leaves) tree.widen();
            int64_t bin = fits ? tree.first(item.size[0]) : tree.bins++;
            int32_t left = fits ? tree.most[bin + tree.leaves] : (int32_t)capacity;
            int64_t copies = room(item, &left);
            put(item, copies, bin);
            tree.set(bin, left - (int32_t)copies * item.size[0]);
        }
    }
    return tree.bins;
}

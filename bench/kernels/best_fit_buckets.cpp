// Best fit decreasing, one resource: a list of bins for every residual, and the residuals that have one as a bitset of
// several levels, in which the next one from a size on is a few count-trailing-zeros away.
#include "baseline.hpp"

namespace {
struct Residuals {
    std::vector<std::vector<uint64_t>> levels;  // a bit of level k + 1 for each word of level k that is not zero

    explicit Residuals(int64_t values) {
        do {
            values = (values + 63) / 64;
            levels.emplace_back(values);
        } while (values > 1);
    }

    void add(int64_t value) {
        for (auto& level : levels) {
            uint64_t& word = level[value / 64];
            bool was = word != 0;
            word |= 1ULL << value % 64;
            if (was) break;
            value /= 64;
        }
    }

    void remove(int64_t value) {
        for (auto& level : levels) {
            uint64_t& word = level[value / 64];
            word &= ~(1ULL << value % 64);
            if (word) break;
            value /= 64;
        }
    }

    int64_t next(int64_t value) const {  // the smallest at or above value; -1 where there is none
        for (size_t k = 0; k < levels.size(); k++) {
            size_t at = value / 64;
            if (at >= levels[k].size()) return -1;
            uint64_t word = levels[k][at] & (~0ULL << value % 64);
            if (word) {
                value = at * 64 + __builtin_ctzll(word);
                while (k-- > 0) value = value * 64 + __builtin_ctzll(levels[k][value]);
                return value;
            }
            value = at + 1;
        }
        return -1;
    }
};
}  // namespace

BASELINE(best_fit_buckets) {
    if (d != 1) return -1;
    Residuals residuals(capacity + 1);
    std::vector<int32_t> head(capacity + 1, -1), after;
    for (Item<1> item : sorted_items<1>(m, sizes, demands, bin_of)) {
        while (item.copies > 0) {
            int64_t found = residuals.next(item.size[0]);
            int32_t left = (int32_t)(found < 0 ? capacity : found), bin = (int32_t)after.size();
            if (found < 0) {
                after.push_back(-1);
            } else {
                bin = head[left];
                head[left] = after[bin];
                if (head[left] < 0) residuals.remove(left);
            }
            int64_t copies = room(item, &left);
            put(item, copies, bin);
            left -= (int32_t)copies * item.size[0];
            if (head[left] < 0) residuals.add(left);
            after[bin] = head[left];
            head[left] = bin;
        }
    }
    return (int64_t)after.size();
}

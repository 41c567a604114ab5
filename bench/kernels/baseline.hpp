// What the baselines share: their one signature, and the order of the item types.
#pragma once
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

// sizes (m, d) row by row, demands (m,), the same capacity in every resource; bin_of (copies,), copies of an item type
// one after the other. Returns the number of bins. Every copy must fit into an empty bin.
#define BASELINE(name)                                                                                        \
    extern "C" int64_t name(int64_t m, int64_t d, const int64_t* sizes, const int64_t* demands, int64_t capacity, \
                            int32_t* bin_of)

// One item type at a time, largest first: its size in int32, how many copies, and where their bins are to be written.
template <int D>
struct Item {
    int32_t size[D];
    int64_t copies;
    int32_t* bin_of;
};

// By decreasing sum of sizes, ties by index: a counting sort, and a comparison sort where the sums are many times more
// than the items. With one capacity for all resources this is the order by size over capacity, in integers.
inline std::vector<int32_t> decreasing(int64_t m, int64_t d, const int64_t* sizes) {
    std::vector<int64_t> sum(m);
    int64_t largest = 0;
    for (int64_t i = 0; i < m; i++) {
        for (int64_t h = 0; h < d; h++) sum[i] += sizes[i * d + h];
        largest = std::max(largest, sum[i]);
    }
    std::vector<int32_t> order(m);
    if (largest > 4 * m + 65536) {
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return sum[a] > sum[b]; });
        return order;
    }
    std::vector<int32_t> start(largest + 2);
    for (int64_t i = 0; i < m; i++) start[largest - sum[i] + 1]++;
    std::partial_sum(start.begin(), start.end(), start.begin());
    for (int64_t i = 0; i < m; i++) order[start[largest - sum[i]]++] = (int32_t)i;
    return order;
}

// All items in decreasing order.
template <int D>
std::vector<Item<D>> sorted_items(int64_t m, const int64_t* sizes, const int64_t* demands, int32_t* bin_of) {
    std::vector<int64_t> first(m + 1);
    for (int64_t i = 0; i < m; i++) first[i + 1] = first[i] + demands[i];
    std::vector<Item<D>> items;
    items.reserve(m);
    for (int32_t i : decreasing(m, D, sizes)) {
        Item<D> item{{}, demands[i], bin_of + first[i]};
        for (int h = 0; h < D; h++) item.size[h] = (int32_t)sizes[i * D + h];
        items.push_back(item);
    }
    return items;
}

// Copies of the item that go into a bin with so much left, at most.
template <int D>
int64_t room(const Item<D>& item, const int32_t* left) {
    int64_t most = item.copies;
    for (int h = 0; h < D; h++)
        if (item.size[h] > 0) most = std::min<int64_t>(most, left[h] / item.size[h]);
    return most;
}

// Write the bin of the item's next copies.
template <int D>
void put(Item<D>& item, int64_t copies, int64_t bin) {
    item.copies -= copies;
    for (; copies > 0; copies--) *item.bin_of++ = (int32_t)bin;
}

// Call run<D> for the number of resources; -1 where it is not among those compiled.
#define FOR_RESOURCES(run, ...)           \
    switch (d) {                          \
        case 1: return run<1>(__VA_ARGS__); \
        case 2: return run<2>(__VA_ARGS__); \
        case 3: return run<3>(__VA_ARGS__); \
        case 4: return run<4>(__VA_ARGS__); \
        case 6: return run<6>(__VA_ARGS__); \
        case 8: return run<8>(__VA_ARGS__); \
        default: return -1;               \
    }

// First fit decreasing, several resources: a tree whose nodes hold the largest residual below them in each resource.
// A node that fits may hold no bin that fits, so the descent turns back.
#include "baseline.hpp"

namespace {
template <int D>
struct Tree {
    struct Node {
        int32_t most[D <= 2 ? 2 : (D + 3) / 4 * 4];
    };
    int64_t leaves = 64, bins = 0;
    std::vector<Node> nodes = std::vector<Node>(128);

    void join(int64_t node) {
        for (int h = 0; h < D; h++)
            nodes[node].most[h] = std::max(nodes[2 * node].most[h], nodes[2 * node + 1].most[h]);
    }

    void widen() {
        std::vector<Node> wide(4 * leaves);
        std::copy(nodes.begin() + leaves, nodes.end(), wide.begin() + 2 * leaves);
        nodes.swap(wide);
        leaves *= 2;
        for (int64_t node = leaves - 1; node > 0; node--) join(node);
    }

    bool fits(int64_t node, const Node& size) const {
        bool all = true;
        for (int32_t h = 0; h < (int32_t)(sizeof(Node) / 4); h++) all &= nodes[node].most[h] >= size.most[h];
        return all;
    }

    int64_t first(const Node& size, int64_t from) const {  // -1 where no open bin from there on fits
        int64_t node = from > 0 ? from + leaves : 1;
        while (true) {
            while (!fits(node, size)) {
                while (node & 1) node /= 2;
                if (node == 0) return -1;
                node++;
            }
            if (node >= leaves) return node - leaves < bins ? node - leaves : -1;
            node *= 2;
        }
    }

    void update(int64_t bin) {
        for (int64_t node = (bin + leaves) / 2; node > 0; node /= 2) {
            Node before = nodes[node];
            join(node);
            if (std::equal(before.most, before.most + D, nodes[node].most)) break;
        }
    }
};

template <int D>
int64_t run(int64_t m, const int64_t* sizes, const int64_t* demands, int64_t capacity, int32_t* bin_of) {
    Tree<D> tree;
    for (Item<D> item : sorted_items<D>(m, sizes, demands, bin_of)) {
        typename Tree<D>::Node size{};
        std::copy(item.size, item.size + D, size.most);
        int64_t bin = 0;  // a bin that was passed has no room for further copies either
        while (item.copies > 0) {
            bin = tree.first(size, bin);
            if (bin < 0) {
                if (tree.bins == tree.leaves) tree.widen();
                bin = tree.bins++;
                std::fill_n(tree.nodes[bin + tree.leaves].most, D, (int32_t)capacity);
            }
            int32_t* left = tree.nodes[bin + tree.leaves].most;
            int64_t copies = room(item, left);
            put(item, copies, bin);
            for (int h = 0; h < D; h++) left[h] -= (int32_t)copies * item.size[h];
            tree.update(bin);
        }
    }
    return tree.bins;
}
}  // namespace

BASELINE(vector_first_fit_tree) { FOR_RESOURCES(run, m, sizes, demands, capacity, bin_of) }

// Exact matching with LEMON, timed: reads n, m and m pairs (u, v, weight) in binary, writes CPU seconds and the total.
// g++ -O3 -o lemon_matching lemon_matching.cpp  (needs LEMON 1.3, Debian: liblemon-dev)
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <vector>

#include <lemon/matching.h>
#include <lemon/smart_graph.h>

struct Pair {
    std::int64_t u, v, weight;
};

int main(int, char** argv) {
    std::FILE* file = std::fopen(argv[1], "rb");
    std::int64_t size[2];
    if (!file || std::fread(size, sizeof size, 1, file) != 1) return 1;
    std::vector<Pair> pairs(size[1]);
    if (std::fread(pairs.data(), sizeof(Pair), pairs.size(), file) != pairs.size()) return 1;

    lemon::SmartGraph graph;
    graph.reserveNode(size[0]);
    graph.reserveEdge(size[1]);
    std::vector<lemon::SmartGraph::Node> nodes;
    for (std::int64_t i = 0; i < size[0]; ++i) nodes.push_back(graph.addNode());
    lemon::SmartGraph::EdgeMap<long long> weight(graph);
    for (const Pair& pair : pairs) weight[graph.addEdge(nodes[pair.u], nodes[pair.v])] = 2 * pair.weight;

    std::clock_t before = std::clock();
    lemon::MaxWeightedMatching<lemon::SmartGraph, lemon::SmartGraph::EdgeMap<long long>> matching(graph, weight);
    matching.run();
    double seconds = double(std::clock() - before) / CLOCKS_PER_SEC;
    std::printf("%.6f %lld\n", seconds, matching.matchingWeight() / 2);
}

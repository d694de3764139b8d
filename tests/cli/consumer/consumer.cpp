// SPDX-License-Identifier: MIT
// The same in C++, where the public headers must compile, too: counts the segments that the analysis reports.
#include <capan/capan.h>
#include <cstdio>

struct Count {
    capan_analysis *analysis = nullptr;
    unsigned long long segments = 0;
};

static void on_tcp(void *context, const capan_packet *packet) {
    capan_analysis_segment(static_cast<Count *>(context)->analysis, packet, CAPAN_STREAM_AUTO, nullptr);
}

static void on_segment(void *context, const capan_segment *, const uint32_t *, const capan_connection *) {
    static_cast<Count *>(context)->segments++;
}

int main(int argc, char **argv) {
    capan_capture *capture;
    char message[256];
    Count count;
    capan_config config = {};
    capan_sink sink = {};
    capan_capture_sink packets = {};
    if (argc != 2 || capan_capture_open(&capture, argv[1], nullptr, message) != CAPAN_OK) return 1;
    sink.segment = on_segment;
    packets.tcp = on_tcp;
    packets.context = &count;
    sink.context = &count;
    count.analysis = capan_analysis_new(&config, &sink, nullptr);
    while (capan_capture_next(capture, &packets) == CAPAN_OK) {
    }
    capan_analysis_finish(count.analysis);
    std::printf("%llu segments\n", count.segments);
    capan_analysis_free(count.analysis);
    capan_capture_close(capture);
    return 0;
}

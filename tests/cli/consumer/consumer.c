/* SPDX-License-Identifier: MIT */
/* What a stranger writes on the installed library: count a capture's TCP segments. */
#include <capan/capan.h>
#include <stdio.h>

static void on_tcp(void *context, const struct capan_packet *packet) {
    capan_analysis_segment(context, packet, CAPAN_STREAM_AUTO, NULL);
}

int main(int argc, char **argv) {
    struct capan_capture *capture;
    char message[256];
    struct capan_totals totals;
    if (argc != 2 || capan_capture_open(&capture, argv[1], NULL, message) != CAPAN_OK) return 1;
    struct capan_analysis *analysis = capan_analysis_new(&(struct capan_config){0}, &(struct capan_sink){0}, NULL);
    while (capan_capture_next(capture, &(struct capan_capture_sink){.tcp = on_tcp, .context = analysis}) == CAPAN_OK) {
    }
    capan_analysis_finish(analysis);
    capan_analysis_totals(analysis, &totals);
    printf("%llu segments\n", (unsigned long long)totals.segments);
    capan_analysis_free(analysis);
    capan_capture_close(capture);
    return 0;
}

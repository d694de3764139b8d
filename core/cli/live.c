/* SPDX-License-Identifier: MIT */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pcapng.h"
#include "rights.h"
#include "sandbox.h"
#include "signals.h"

enum {
    BUFFER = 16 << 20, /* octets that the system keeps while nobody takes them */
    SNAP = 262144,     /* all of any packet (pcap(3PCAP)) */
    WAIT_MS = 100,     /* packets come together, but not later than that */
    AT_ONCE = 4096     /* packets between two looks at whether to end */
};

static pid_t capturing; /* the process; 0 none */

static bool complain(const char *interface, const char *why) {
    g_printerr("capan: %s: %s\n", interface, why);
    return false;
}

/* --- the interface --- */

static bool complain_of(pcap_t *pcap, const char *interface, int code) {
    const char *more = pcap_geterr(pcap);
    if (code == PCAP_ERROR_PERM_DENIED)
        return complain(interface, "no rights to capture: run as root, or give the program CAP_NET_RAW (setcap(8))");
    if (code == PCAP_ERROR_NO_SUCH_DEVICE)
        return complain(interface, "there is no such interface; 'capan --list-interfaces' shows those that there are");
    return complain(interface, code == PCAP_ERROR && *more ? more : pcap_statustostr(code));
}

static bool activate(pcap_t *pcap, const char *interface) {
    pcap_set_snaplen(pcap, SNAP);
    pcap_set_promisc(pcap, 1);
    pcap_set_timeout(pcap, WAIT_MS);
    pcap_set_buffer_size(pcap, BUFFER);
    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO); /* where it cannot: microseconds */
    const int code = pcap_activate(pcap);
    return code >= 0 || complain_of(pcap, interface, code);
}

static bool set_filter(pcap_t *pcap, const struct options *options) {
    struct bpf_program program;
    if (!options->filter) return true;
    if (pcap_compile(pcap, &program, options->filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return complain(options->interface, pcap_geterr(pcap));
    const bool set = pcap_setfilter(pcap, &program) == 0;
    pcap_freecode(&program);
    return set || complain(options->interface, pcap_geterr(pcap));
}

static pcap_t *open_interface(const struct options *options, enum exit_status *status) {
    char why[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_create(options->interface, why);
    *status = EXIT_INPUT;
    if (!pcap) {
        complain(options->interface, why);
        return NULL;
    }
    if (activate(pcap, options->interface)) {
        *status = EXIT_USAGE;
        if (set_filter(pcap, options)) return pcap;
    }
    pcap_close(pcap);
    return NULL;
}

/* --- the process that captures --- */

struct capture {
    pcap_t *pcap;
    FILE *out;
    uint64_t taken;
    int64_t last_ns;
    uint32_t dropped; /* as far as it was told */
    int64_t units_ns; /* of the second part of a time */
};

/* What the system lost by now: it is told among the packets, so that what comes behind is judged accordingly. */
static void tell_dropped(struct capture *capture) {
    struct pcap_stat stat;
    if (pcap_stats(capture->pcap, &stat) != 0 || stat.ps_drop + stat.ps_ifdrop == capture->dropped) return;
    capture->dropped = stat.ps_drop + stat.ps_ifdrop;
    pcapng_dropped(capture->out, capture->last_ns, capture->taken + capture->dropped, capture->dropped);
}

static void on_packet(u_char *context, const struct pcap_pkthdr *header, const u_char *octets) {
    struct capture *capture = (struct capture *)(void *)context;
    capture->last_ns =
        (int64_t)header->ts.tv_sec * INT64_C(1000000000) + (int64_t)header->ts.tv_usec * capture->units_ns;
    capture->taken++;
    pcapng_frame(capture->out, capture->last_ns, (struct capan_span){octets, header->caplen}, header->len);
}

/* False: to end, as a signal said, or because nobody reads any more. */
static bool wait_for_packets(const struct capture *capture, int stop) {
    struct pollfd any[] = {{.fd = pcap_get_selectable_fd(capture->pcap), .events = POLLIN},
                           {.fd = stop, .events = POLLIN},
                           {.fd = fileno(capture->out)}};
    while (poll(any, 3, -1) < 0 && errno == EINTR) continue;
    return !any[1].revents && !any[2].revents;
}

/* As many as there are at once; then they are shown. Negative: none comes any more. */
static int take_packets(struct capture *capture) {
    const int count = pcap_dispatch(capture->pcap, AT_ONCE, on_packet, (u_char *)capture);
    if (count > 0) tell_dropped(capture);
    fflush(capture->out);
    return count;
}

/* What passed before the end, and the system has still: it gives packets together, and not at once. */
static int take_last(struct capture *capture) {
    struct pollfd packets = {.fd = pcap_get_selectable_fd(capture->pcap), .events = POLLIN};
    int count = 0;
    for (int i = 0; i < 2 && count >= 0; i++) {
        poll(&packets, 1, 2 * WAIT_MS);
        count = take_packets(capture);
    }
    return count;
}

static enum exit_status capture_all(struct capture *capture, const struct options *options, int stop) {
    int count = 0;
    pcapng_begin(capture->out, "", capan_capture_link_type(pcap_datalink(capture->pcap)), options->interface);
    fflush(capture->out);
    while (count >= 0 && wait_for_packets(capture, stop)) count = take_packets(capture);
    if (count >= 0) count = take_last(capture);
    tell_dropped(capture);
    fflush(capture->out);
    if (count >= 0) return EXIT_FINE;
    complain(options->interface, pcap_geterr(capture->pcap));
    return EXIT_INPUT;
}

/* Ends the process. */
static void be_capturing(pcap_t *pcap, int pipe_end, const struct options *options) {
    char why[PCAP_ERRBUF_SIZE];
    const bool nanoseconds = pcap_get_tstamp_precision(pcap) == PCAP_TSTAMP_PRECISION_NANO;
    struct capture capture = {.pcap = pcap, .out = fdopen(pipe_end, "wb"), .units_ns = nanoseconds ? 1 : 1000};
    if (pcap_setnonblock(pcap, 1, why) != 0) {
        complain(options->interface, why);
        _exit((int)EXIT_INTERNAL);
    }
    if (!options->no_sandbox) sandbox_enter(-1, true);
    _exit(capture.out ? (int)capture_all(&capture, options, signals_stop()) : (int)EXIT_INTERNAL);
}

/* --- this process --- */

static bool start(pcap_t *pcap, const struct options *options) {
    int ends[2];
    if (pipe(ends) != 0) return false;
    capturing = fork();
    if (capturing < 0) return false;
    if (capturing == 0) {
        close(ends[0]);
        be_capturing(pcap, ends[1], options);
    }
    close(ends[1]);
    const bool fine = dup2(ends[0], STDIN_FILENO) == STDIN_FILENO;
    close(ends[0]);
    return fine;
}

enum exit_status live_begin(const struct options *options) {
    enum exit_status status;
    pcap_t *pcap = open_interface(options, &status);
    if (!pcap) return status;
    bool fine = options->no_sandbox || rights_drop();
    if (fine) fine = start(pcap, options);
    if (!fine) complain(options->interface, strerror(errno));
    pcap_close(pcap);
    signals_pass_on();
    return fine ? EXIT_FINE : EXIT_INTERNAL;
}

enum exit_status live_end(void) {
    int ended;
    pid_t waited;
    if (!capturing) return EXIT_FINE;
    close(STDIN_FILENO); /* who writes to it ends */
    do waited = waitpid(capturing, &ended, 0);
    while (waited < 0 && errno == EINTR);
    if (waited == capturing && WIFEXITED(ended)) return (enum exit_status)WEXITSTATUS(ended);
    return waited == capturing && WTERMSIG(ended) == SIGPIPE ? EXIT_FINE : EXIT_INTERNAL;
}

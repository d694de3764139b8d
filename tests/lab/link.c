/* SPDX-License-Identifier: MIT */
/* A link between two network namespaces that delays, drops, duplicates and reorders Ethernet frames by a script,
 * captures both ends and writes down what it did to each frame. For tests/lab/tcp_lab.py.
 *
 * usage: link NETNS_A NETNS_B SCRIPT PREFIX SECONDS [gso]
 *
 * Ends after SECONDS or on SIGTERM. Makes tap devices a0 and b0 in the namespaces. SCRIPT has a line each of:
 *   seed N
 *   dir ab|ba KEY=VALUE ...        from the beginning on
 *   at MS ab|ba KEY=VALUE ...      from then on
 *   rule ab|ba match=data|syn|synack|fin|any [skip=N] [count=N] [ge=SEQ lt=SEQ] [first=0|1] action=drop
 * with the keys delay_us rate_mbit queue_pkts loss dup reorder reorder_us dataonly mtu icmp burst overtake (a shorter
 * delay lets frames overtake those before). Writes PREFIX/sender.pcap (at A), PREFIX/receiver.pcap (at B) and
 * PREFIX/link.log. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_MAX = 66000, SNAP = 128, RULES_MAX = 64, CHANGES_MAX = 64, ETHERNET = 14, VNET = 12 };

struct setting {
    double delay_us, rate_mbit, queue_pkts, loss, dup, reorder, reorder_us, dataonly, mtu, icmp, burst, overtake;
};

struct rule {
    int dir, count, skip, first;
    char match[8];
    double ge, lt;
};

struct change {
    double at_ms;
    int dir;
    char words[256];
};

/* A frame on its way. */
struct flight {
    int64_t due_ns;
    uint64_t order;
    int dir, idx, copy;
    size_t len;
    uint8_t *octets;
};

static struct setting setting[2];
static struct rule rules[RULES_MAX];
static struct change changes[CHANGES_MAX];
static int rule_count, change_count, change_next;
static struct flight *heap;
static size_t heap_count, heap_capacity;
static int64_t free_ns[2], last_due_ns[2];
static int waiting[2], burst_left[2];
static uint64_t next_order, seed = 1;
static int next_idx, fds[2];
static FILE *pcap[2], *journal;
static int captured[2];
static bool offload;
static volatile sig_atomic_t stopped;

static void stop(int number) {
    (void)number, stopped = 1;
}

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static double chance(void) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (double)(seed >> 11) / 9007199254740992.0;
}

/* --- the script --- */

static void set(struct setting *to, const char *words) {
    static const struct {
        const char *name;
        size_t offset;
    } keys[] = {
#define KEY(name) {#name, offsetof(struct setting, name)}
        KEY(delay_us),   KEY(rate_mbit), KEY(queue_pkts), KEY(loss), KEY(dup),   KEY(reorder),
        KEY(reorder_us), KEY(dataonly),  KEY(mtu),        KEY(icmp), KEY(burst), KEY(overtake)};
    char copy[256];
    snprintf(copy, sizeof copy, "%s", words);
    for (char *word = strtok(copy, " \n"); word; word = strtok(NULL, " \n")) {
        char *value = strchr(word, '=');
        if (!value) continue;
        *value++ = 0;
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            if (!strcmp(word, keys[i].name)) *(double *)((char *)to + keys[i].offset) = atof(value);
    }
}

static int direction(const char *word) {
    return strncmp(word, "ba", 2) == 0;
}

static double rule_value(const char *line, const char *key, double otherwise) {
    const char *at = strstr(line, key);
    return at ? atof(at + strlen(key)) : otherwise;
}

static void read_script(const char *path) {
    FILE *file = fopen(path, "r");
    char line[512], dir[8];
    int at;
    if (!file) exit(2);
    while (fgets(line, sizeof line, file)) {
        double ms;
        if (sscanf(line, "seed %lu", &seed) == 1) continue;
        if (sscanf(line, "dir %7s %n", dir, &at) == 1)
            set(&setting[direction(dir)], line + at);
        else if (sscanf(line, "at %lf %7s %n", &ms, dir, &at) == 2) {
            changes[change_count].at_ms = ms;
            changes[change_count].dir = direction(dir);
            snprintf(changes[change_count++].words, 256, "%s", line + at);
        } else if (sscanf(line, "rule %7s match=%7s", dir, rules[rule_count].match) == 2) {
            struct rule *rule = &rules[rule_count++];
            rule->dir = direction(dir);
            rule->count = (int)rule_value(line, "count=", 1e9);
            rule->skip = (int)rule_value(line, "skip=", 0);
            rule->first = (int)rule_value(line, "first=", 0);
            rule->ge = rule_value(line, "ge=", -1);
            rule->lt = rule_value(line, "lt=", 1e18);
        }
    }
    fclose(file);
}

/* --- what a frame is --- */

struct view {
    bool tcp;
    unsigned ip_len, sport, dport, seq, ack, flags, win, len, id;
};

static unsigned be16(const uint8_t *at) {
    return (unsigned)at[0] << 8 | at[1];
}
static unsigned be32(const uint8_t *at) {
    return be16(at) << 16 | be16(at + 2);
}

static struct view look(const uint8_t *frame, size_t len) {
    struct view view = {0};
    const uint8_t *ip = frame + ETHERNET, *tcp;
    size_t header;
    if (len < ETHERNET + 40) return view;
    if (be16(frame + 12) == 0x800 && ip[9] == 6)
        header = (ip[0] & 15) * 4u, view.ip_len = be16(ip + 2), view.id = be16(ip + 4);
    else if (be16(frame + 12) == 0x86dd && ip[6] == 6)
        header = 40, view.ip_len = be16(ip + 4) + 40;
    else
        return view;
    if (view.ip_len == 0 || len < ETHERNET + header + 20) return view;
    tcp = ip + header;
    view.tcp = true;
    view.sport = be16(tcp), view.dport = be16(tcp + 2), view.seq = be32(tcp + 4), view.ack = be32(tcp + 8);
    view.flags = tcp[13], view.win = be16(tcp + 14);
    view.len = view.ip_len - (unsigned)header - (tcp[12] >> 4) * 4u;
    return view;
}

/* The first data octet of a direction, so that rules can count from 1. */
static unsigned isn[2][65536];

static bool matches(struct rule *rule, int dir, const struct view *view) {
    bool syn = view->flags & 2, ack = view->flags & 16, fin = view->flags & 1;
    if (rule->dir != dir || !view->tcp) return false;
    if (!strcmp(rule->match, "data") && !view->len) return false;
    if (!strcmp(rule->match, "syn") && !(syn && !ack)) return false;
    if (!strcmp(rule->match, "synack") && !(syn && ack)) return false;
    if (!strcmp(rule->match, "fin") && !fin) return false;
    double offset =
        (double)(unsigned)(view->seq - isn[dir][dir ? view->dport ^ view->sport : view->sport ^ view->dport]);
    if (offset < rule->ge || offset >= rule->lt) return false;
    if (rule->skip-- > 0) return false;
    rule->skip = 0;
    return rule->count-- > 0;
}

static const char *fate_of(int dir, const struct view *view) {
    struct setting *now = &setting[dir];
    if (!view->tcp) return "pass";
    if (view->flags & 2) isn[dir][view->sport ^ view->dport] = view->seq;
    for (int i = 0; i < rule_count; i++)
        if (matches(&rules[i], dir, view)) return "drop_rule";
    if (now->mtu && view->ip_len > now->mtu) return "drop_mtu";
    if (now->dataonly && !view->len) return "pass";
    if (burst_left[dir] > 0) return burst_left[dir]--, "drop_random";
    if (now->loss && chance() < now->loss)
        return burst_left[dir] = (int)(now->burst ? now->burst * chance() : 0), "drop_random";
    return "pass";
}

/* --- captures --- */

static void pcap_open(int side, const char *prefix, const char *name) {
    uint32_t head[6] = {0xa1b23c4d, 4 << 16 | 2, 0, 0, SNAP, 1};
    char path[512];
    snprintf(path, sizeof path, "%s/%s", prefix, name);
    pcap[side] = fopen(path, "w");
    if (!pcap[side]) exit(2);
    fwrite(head, sizeof head, 1, pcap[side]);
}

static void capture(int side, const uint8_t *octets, size_t len, int64_t time_ns, int idx, int copy) {
    uint32_t head[4] = {(uint32_t)(time_ns / 1000000000), (uint32_t)(time_ns % 1000000000),
                        (uint32_t)(len < SNAP ? len : SNAP), (uint32_t)len};
    fwrite(head, sizeof head, 1, pcap[side]);
    fwrite(octets, head[2], 1, pcap[side]);
    fprintf(journal, "C %c %d %d %d\n", "AB"[side], ++captured[side], idx, copy);
}

/* --- the way --- */

static bool sooner(const struct flight *a, const struct flight *b) {
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void push(struct flight flight) {
    if (heap_count == heap_capacity)
        heap = realloc(heap, (heap_capacity = heap_capacity ? 2 * heap_capacity : 64) * sizeof *heap);
    size_t at = heap_count++;
    for (; at && sooner(&flight, &heap[(at - 1) / 2]); at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
    heap[at] = flight;
}

static struct flight pop(void) {
    struct flight first = heap[0], last = heap[--heap_count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < heap_count; at = child) {
        if (child + 1 < heap_count && sooner(&heap[child + 1], &heap[child])) child++;
        if (!sooner(&heap[child], &last)) break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return first;
}

static void send_on(int dir, const uint8_t *octets, size_t len, int idx, int copy, int64_t due_ns) {
    struct flight flight = {due_ns, next_order++, dir, idx, copy, len, malloc(len)};
    memcpy(flight.octets, octets, len);
    waiting[dir]++;
    push(flight);
}

static unsigned sum(const uint8_t *octets, size_t len) {
    unsigned total = 0;
    for (size_t i = 0; i + 1 < len; i += 2) total += be16(octets + i);
    while (total >> 16) total = (total & 0xffff) + (total >> 16);
    return ~total & 0xffff;
}

/* Fragmentation needed (RFC 1191 4), from the far side's router. IPv4 only. */
static void refuse_size(int dir, const uint8_t *octets, int64_t time_ns) {
    uint8_t frame[VNET + ETHERNET + 56] = {0}, *eth = frame + (offload ? VNET : 0), *ip = eth + ETHERNET,
                                    *icmp = ip + 20;
    const uint8_t *old = octets + (offload ? VNET : 0);
    if (be16(old + 12) != 0x800) return;
    memcpy(eth, old + 6, 6), memcpy(eth + 6, old, 6), memcpy(eth + 12, old + 12, 2);
    ip[0] = 0x45, ip[3] = 56, ip[8] = 64, ip[9] = 1;
    memcpy(ip + 12, old + ETHERNET + 16, 4), memcpy(ip + 16, old + ETHERNET + 12, 4);
    unsigned check = sum(ip, 20);
    ip[10] = (uint8_t)(check >> 8), ip[11] = (uint8_t)check;
    icmp[0] = 3, icmp[1] = 4;
    icmp[6] = (uint8_t)((int)setting[dir].mtu >> 8), icmp[7] = (uint8_t)(int)setting[dir].mtu;
    memcpy(icmp + 8, old + ETHERNET, 28);
    check = sum(icmp, 36);
    icmp[2] = (uint8_t)(check >> 8), icmp[3] = (uint8_t)check;
    send_on(!dir, frame, (size_t)(eth - frame) + ETHERNET + 56, -1, 0,
            time_ns + (int64_t)(setting[dir].delay_us * 1000));
}

static void take(int dir, const uint8_t *octets, size_t len) {
    const uint8_t *frame = octets + (offload ? VNET : 0);
    size_t frame_len = len - (offload ? VNET : 0);
    struct setting *now = &setting[dir];
    struct view view = look(frame, frame_len);
    int64_t time_ns = now_ns(), due_ns;
    int idx = next_idx++;
    const char *fate = fate_of(dir, &view);
    capture(dir, frame, frame_len, time_ns, idx, 0);
    if (*fate == 'p' && now->queue_pkts && waiting[dir] >= now->queue_pkts + now->delay_us * now->rate_mbit / 12000)
        fate = "drop_queue";
    due_ns = free_ns[dir] > time_ns ? free_ns[dir] : time_ns;
    if (now->rate_mbit && *fate == 'p') due_ns += (int64_t)((double)frame_len * 8000 / now->rate_mbit);
    if (*fate == 'p') free_ns[dir] = due_ns;
    due_ns += (int64_t)(now->delay_us * 1000);
    if (due_ns < last_due_ns[dir] && !now->overtake) due_ns = last_due_ns[dir];
    if (*fate == 'p') last_due_ns[dir] = due_ns;
    bool late = *fate == 'p' && now->reorder && (!now->dataonly || view.len) && chance() < now->reorder;
    bool twice = *fate == 'p' && now->dup && chance() < now->dup;
    fprintf(journal, "F %d %d %ld %u %u %u %u %u %u %u %s %d %d\n", idx, dir, (long)time_ns, view.sport, view.dport,
            view.seq, view.ack, view.flags, view.win, view.tcp ? view.len : 0, view.tcp ? fate : "other", late, twice);
    if (!strcmp(fate, "drop_mtu") && now->icmp) refuse_size(dir, octets, time_ns);
    if (*fate != 'p') return;
    if (late) due_ns += (int64_t)(now->reorder_us * 1000 * (0.5 + chance() / 2));
    send_on(dir, octets, len, idx, 0, due_ns);
    if (twice) send_on(dir, octets, len, idx, 1, due_ns + 1000 * (int64_t)(chance() * 500));
}

static void deliver(int64_t time_ns) {
    while (heap_count && heap[0].due_ns <= time_ns) {
        struct flight flight = pop();
        size_t skip = offload ? VNET : 0;
        waiting[flight.dir]--;
        if (write(fds[!flight.dir], flight.octets, flight.len) < 0) fprintf(journal, "E %d %d\n", flight.idx, errno);
        capture(!flight.dir, flight.octets + skip, flight.len - skip, now_ns(), flight.idx, flight.copy);
        fprintf(journal, "D %d %d %d\n", flight.idx, flight.dir, flight.copy);
        free(flight.octets);
    }
}

static void apply_changes(int64_t start_ns, int64_t time_ns) {
    while (change_next < change_count && (double)(time_ns - start_ns) / 1e6 >= changes[change_next].at_ms) {
        set(&setting[changes[change_next].dir], changes[change_next].words);
        change_next++;
    }
}

/* --- devices --- */

static int tap(const char *netns, const char *name) {
    char path[128];
    struct ifreq request = {.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | (offload ? IFF_VNET_HDR : 0))};
    int vnet = VNET;
    snprintf(path, sizeof path, "/run/netns/%s", netns);
    int ns = open(path, O_RDONLY), fd;
    if (ns < 0 || setns(ns, CLONE_NEWNET) < 0 || (fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK)) < 0) return -1;
    close(ns);
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (ioctl(fd, TUNSETIFF, &request) < 0) return -1;
    if (offload &&
        (ioctl(fd, TUNSETVNETHDRSZ, &vnet) < 0 || ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6) < 0))
        return -1;
    return fd;
}

static void run(double seconds) {
    static uint8_t octets[FRAME_MAX];
    int64_t start_ns = 0, end_ns = now_ns() + (int64_t)(seconds * 1e9);
    for (int64_t time_ns = now_ns(); time_ns < end_ns && !stopped; time_ns = now_ns()) {
        struct pollfd polls[2] = {{fds[0], POLLIN, 0}, {fds[1], POLLIN, 0}};
        int64_t wait = heap_count ? heap[0].due_ns - time_ns : 2000000;
        struct timespec timeout = {0, wait < 0 ? 0 : wait > 2000000 ? 2000000 : wait};
        ppoll(polls, 2, &timeout, NULL);
        if (start_ns) apply_changes(start_ns, now_ns());
        for (int side = 0; side < 2; side++)
            for (ssize_t len; (len = read(fds[side], octets, sizeof octets)) > 0;) {
                if (!start_ns && look(octets + (offload ? VNET : 0), (size_t)len).tcp) start_ns = now_ns();
                take(side, octets, (size_t)len);
            }
        deliver(now_ns());
    }
}

int main(int argc, char **argv) {
    char path[512];
    if (argc < 6) return 2;
    signal(SIGTERM, stop);
    offload = argc > 6 && !strcmp(argv[6], "gso");
    read_script(argv[3]);
    fds[0] = tap(argv[1], "a0");
    fds[1] = tap(argv[2], "b0");
    if (fds[0] < 0 || fds[1] < 0) return perror("tap"), 2;
    pcap_open(0, argv[4], "sender.pcap");
    pcap_open(1, argv[4], "receiver.pcap");
    snprintf(path, sizeof path, "%s/link.log", argv[4]);
    if (!(journal = fopen(path, "w"))) return 2;
    puts("up");
    fflush(stdout);
    run(atof(argv[5]));
    fclose(pcap[0]), fclose(pcap[1]), fclose(journal);
    return 0;
}

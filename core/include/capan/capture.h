/* SPDX-License-Identifier: MIT */
/* Capture files in, packets out: pcap and pcapng, plain or compressed by gzip or zstd, files or standard input. */
#ifndef CAPAN_CAPTURE_H
#define CAPAN_CAPTURE_H

#include "base.h"
#include "packet.h"
#include "profile.h"

#ifdef __cplusplus
extern "C" {
#endif

struct capan_capture;

/* A frame as it was captured, and what tells where it belongs. octets are valid during the call. */
struct capan_whole_frame {
    int64_t time_ns;
    uint32_t number;    /* in the capture, from 1 */
    uint32_t file;      /* of the capture's files, from 0 */
    uint32_t link_type; /* LINKTYPE_... as files have it */
    uint32_t wire_len;  /* at least octets.len */
    struct capan_span octets;
    const char *interface;         /* its name; NULL: the file has one, without a name */
    struct capan_address src, dst; /* of the innermost IP header; version 0: there was none */
    uint64_t datagram;             /* of an IP fragment: equal for those of one datagram; else 0 */
    bool waits;                    /* for other fragments: what is in it was not seen yet */
};

/* Gets what was found in one frame, which may hold several TCP segments. The octets of a packet begin with its TCP or
 * ICMP header. Any function may be NULL. secrets: the TLS secrets of a pcapng Decryption Secrets Block, as lines of a
 * key log. */
struct capan_capture_sink {
    void (*tcp)(void *context, const struct capan_packet *);
    void (*icmp)(void *context, const struct capan_packet *);
    void *context;
    void (*secrets)(void *context, struct capan_span lines);
    void (*lost)(void *context, bool fragments); /* frames could not be decoded, or were not captured at all (dropped);
                                                  fragments did not become whole */
    void (*udp)(void *context, const struct capan_packet *); /* with datagrams: those in which nothing else was found */
    /* Each frame that was decoded, after what was found in it. Who has it reads headers alone: no checksum is tried,
     * and nothing is read ahead. */
    void (*frame)(void *context, const struct capan_whole_frame *);
};

/* What was read, and what could not be. */
struct capan_capture_totals {
    uint64_t frames, octets; /* records, and their lengths on the wire */
    uint64_t passed;         /* records that are no packets, or that the filter leaves out */
    uint64_t tcp, icmp;      /* handed to the sink */
    uint64_t snapped;        /* frames captured in part */
    uint64_t fragments_lost; /* IP fragments whose datagram never became whole */
    uint64_t undecoded;      /* frames whose link type is not known, or that are damaged: nothing was found in them */
    uint64_t unlinked;       /* those of them whose link type is not known */
    uint64_t udp, quic;      /* datagrams in which nothing else was found; those of them with a long header of QUIC */
    uint64_t dropped;        /* frames that the capturing system lost, as far as the file tells (pcapng) */
};

/* What a file that is one part of a split capture says of it (capan/split.h). */
struct capan_slice {
    uint32_t part, parts; /* which of how many, from 1; 0: the file is no such part */
    uint64_t id;          /* the same for all parts of one split, by chance for no other */
    int64_t origin_ns;    /* of the first TCP packet in all of them: what relative times count from */
    uint64_t packets;     /* in this part */
    uint64_t frames;      /* in the capture that was split */
    bool whole;           /* the split came to its end; else the counts are not known, and packets may be missing */
};

struct capan_capture_config {
    const char *filter; /* a capture filter (pcap-filter(7)), or NULL */
    int stop;           /* a descriptor: once it can be read, a pipe is not waited for any more, and what follows is as
                         * at its end; so a signal's handler ends a read that waits, in whichever thread. -1 none */
    struct capan_profile *profile; /* where time goes; NULL: it is not measured */
    bool datagrams;                /* the sink's udp is called, from the UDP header on */
};

/* Opens a capture: path, or "-" for standard input. NULL config: no filter, no stop. On failure, message gets one line
 * for people that says why.
 * CAPAN_IO, CAPAN_DAMAGED, CAPAN_UNSUPPORTED, CAPAN_USAGE (the filter), CAPAN_NO_MEMORY. */
CAPAN_API enum capan_result capan_capture_open(struct capan_capture **, const char *path,
                                               const struct capan_capture_config *, char message[256]);
/* Another file of the same capture, before anything of it is read. The frames of all files come in the order of their
 * times, those of one file in its own order, and are numbered so: as mergecap(1) merges them. A file that cannot be
 * read leaves the capture as it was; results are those of open. */
CAPAN_API enum capan_result capan_capture_add(struct capan_capture *, const char *path, char message[256]);
/* Reads ahead from here on, on a thread of its own that also unpacks and decodes: each capan_capture_next hands out
 * many frames, still on the caller's thread, and totals and progress are told as of the last of them. After all files
 * were added. CAPAN_NO_MEMORY: there is no such thread, and all goes on without. */
CAPAN_API enum capan_result capan_capture_ahead(struct capan_capture *);
CAPAN_API void capan_capture_close(struct capan_capture *);

/* Reads one frame and hands what is in it to the sink. CAPAN_OK; CAPAN_END; CAPAN_TRUNCATED or CAPAN_DAMAGED: nothing
 * more can be read; of several files one was, and the others were read to their ends. So with CAPAN_IO,
 * CAPAN_NO_MEMORY, and with CAPAN_USAGE: the filter does not compile for the link type of an interface that is
 * described in the middle of the file. capan_capture_message says what stopped it and where. */
CAPAN_API enum capan_result capan_capture_next(struct capan_capture *, const struct capan_capture_sink *);
CAPAN_API const char *capan_capture_message(const struct capan_capture *);
CAPAN_API void capan_capture_count(const struct capan_capture *, struct capan_capture_totals *);

/* Of the first file. */
CAPAN_API const struct capan_slice *capan_capture_slice(const struct capan_capture *);

/* Octets of the files consumed and their size (0 unknown), for a progress line. */
CAPAN_API void capan_capture_progress(const struct capan_capture *, uint64_t *done, uint64_t *size);

/* The link type in a capture file (LINKTYPE_) of what libpcap calls so on this machine (DLT_). */
CAPAN_API uint16_t capan_capture_link_type(int dlt);
/* The link type's name ("EN10MB"), the first interface's where there are several. */
CAPAN_API const char *capan_capture_link(const struct capan_capture *);
/* The first link type that is not decoded, by its name; NULL: none was met. */
CAPAN_API const char *capan_capture_link_unread(const struct capan_capture *);
/* Whether packets of that link type are decoded. */
CAPAN_API bool capan_capture_link_known(const struct capan_capture *);

#ifdef __cplusplus
}
#endif

#endif

/* SPDX-License-Identifier: MIT */
/* Any connections of HTTP, whose contents become files: an octet for the limits, then feed.h's steps. The folder is
 * read and emptied each time. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "documents.h"
#include "feed.h"
#include "objects.h"

enum { INDEX_MAX = 1 << 20 };

struct desk {
    struct objects *objects;
    struct capan_analysis *analysis;
};

static void hear_content(void *context, const struct capan_content *content) {
    objects_content(((struct desk *)context)->objects, content);
}

static void hear_exchange(void *context, const struct capan_exchange *exchange) {
    objects_exchange(((struct desk *)context)->objects, exchange, true);
}

static void take_packet(void *context, const struct capan_packet *packet, bool lost) {
    const struct desk *desk = context;
    if (!lost) capan_analysis_segment(desk->analysis, packet, CAPAN_STREAM_AUTO, NULL);
}

/* --- the folder --- */

/* Where memory is a file system, else where files are. */
static const char *folder_path(void) {
    static char path[] = "/dev/shm/capan-fuzz-XXXXXX", other[] = "/tmp/capan-fuzz-XXXXXX";
    static const char *made;
    if (!made) made = mkdtemp(path);
    if (!made) made = mkdtemp(other);
    require(made, "a folder is made");
    return made;
}

static void check_index(int file) {
    static uint8_t text[INDEX_MAX];
    const ssize_t len = read(file, text, sizeof text);
    require(len >= 0, "an index is read");
    document_ndjson((struct capan_span){text, (size_t)len});
}

/* What is written lies in the folder itself, as files, and comes to no more than was allowed. */
static void check_folder(const char *path, uint64_t limit) {
    DIR *folder = opendir(path);
    uint64_t sum = 0;
    require(folder, "the folder is there");
    for (struct dirent *entry; (entry = readdir(folder));) {
        struct stat about;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        const int file = openat(dirfd(folder), entry->d_name, O_RDONLY | O_NOFOLLOW);
        require(file >= 0 && fstat(file, &about) == 0 && S_ISREG(about.st_mode), "what is left are files");
        if (strcmp(entry->d_name, "index.ndjson") == 0)
            check_index(file);
        else
            sum += (uint64_t)about.st_size;
        close(file);
        unlinkat(dirfd(folder), entry->d_name, 0);
    }
    closedir(folder);
    require(sum <= limit, "no more is written than may be");
}

static void speak(struct desk *desk, struct feed *feed) {
    const struct capan_sink sink = {.exchange = hear_exchange, .context = desk};
    const struct capan_config config = {
        .memory = 1 << 22, .window_segments = 256, .seed = 1, .hpack = &capan_hpack, .content = hear_content};
    desk->analysis = capan_analysis_new(&config, &sink, NULL);
    require(desk->analysis, "memory");
    while (feed_step(feed)) continue;
    capan_analysis_finish(desk->analysis);
    capan_analysis_free(desk->analysis);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char path[64];
    struct desk desk = {.objects = NULL};
    struct feed feed = {.input = {data, size}, .take = take_packet, .context = &desk};
    const uint32_t code = feed_number(&feed, 1);
    strcpy(path, folder_path());
    const struct options options = {.output = path,
                                    .format = CAPAN_NDJSON,
                                    .file_limit = UINT64_C(1) << (code & 15),
                                    .output_limit = UINT64_C(64) << (code >> 4)};
    desk.objects = objects_open(&options, NULL);
    require(desk.objects, "the folder is opened");
    speak(&desk, &feed);
    require(objects_close(desk.objects), "all is written");
    check_folder(path, options.output_limit);
    return 0;
}

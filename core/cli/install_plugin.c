/* SPDX-License-Identifier: MIT */
#include "install_plugin.h"

#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#ifndef CAPAN_WIRESHARK_LINE /* built without the plugin */
#define CAPAN_WIRESHARK_LINE    ""
#define CAPAN_WIRESHARK_PLUGINS ""
#endif

/* Where they lie, seen from the folder of the program. */
struct source {
    const char *plugin, *profile;
};
static const struct source sources[] = {
    {"../../plugin/wireshark/" CAPAN_WIRESHARK_LINE "/epan/capan.so", "../../plugin/profile"}, /* as built */
    {"../" CAPAN_WIRESHARK_PLUGINS "/epan/capan.so", "../share/wireshark/profiles/capan"},     /* as installed */
};

/* All strings are the owner's, paths_free gives them back. */
struct paths {
    char *version;                           /* of the Wireshark found: "4.0.17" */
    char *from_plugin, *from_profile;        /* ours */
    char *everybody, *to_plugin, *to_folder; /* Wireshark's: of all users; of this one, and its folder */
    char *to_profile;
};

static void paths_free(struct paths *paths) {
    g_free(paths->version);
    g_free(paths->from_plugin);
    g_free(paths->from_profile);
    g_free(paths->everybody);
    g_free(paths->to_plugin);
    g_free(paths->to_folder);
    g_free(paths->to_profile);
}

static enum exit_status refuse(const char *why) {
    g_printerr("capan: %s; nothing was changed\n", why);
    return EXIT_USAGE;
}

/* --- what is here --- */

static bool find_ours(struct paths *paths) {
    char *self = g_file_read_link("/proc/self/exe", NULL);
    char *folder = g_path_get_dirname(self ? self : ".");
    for (size_t i = 0; i < G_N_ELEMENTS(sources) && !paths->from_plugin; i++) {
        char *plugin = g_canonicalize_filename(sources[i].plugin, folder);
        if (*CAPAN_WIRESHARK_LINE && g_file_test(plugin, G_FILE_TEST_IS_REGULAR)) {
            paths->from_plugin = g_strdup(plugin);
            paths->from_profile = g_canonicalize_filename(sources[i].profile, folder);
        }
        g_free(plugin);
    }
    g_free(folder);
    g_free(self);
    return paths->from_plugin;
}

/* What a Wireshark program prints; NULL: it cannot be run. */
static char *ask(const char *program, const char *options) {
    char *command = g_strconcat(program, options, NULL), *said = NULL, *complaints = NULL;
    int status = 0;
    const bool ran = g_spawn_command_line_sync(command, &said, &complaints, &status, NULL) && status == 0;
    g_free(complaints);
    g_free(command);
    if (ran) return said;
    g_free(said);
    return NULL;
}

/* The value of "name:   value" in what `tshark -G folders` prints; NULL: it has none. */
static char *folder_of(const char *folders, const char *name) {
    char **lines = g_strsplit(folders, "\n", -1), *value = NULL;
    for (char **line = lines; *line && !value; line++)
        if (g_str_has_prefix(*line, name)) value = g_strdup(g_strstrip(*line + strlen(name)));
    g_strfreev(lines);
    return value;
}

/* "4.0.17" of "TShark (Wireshark) 4.0.17 (Git ...)." */
static char *version_in(const char *said) {
    const char *from = strstr(said, "Wireshark");
    from = from ? from + strcspn(from, "0123456789\n") : "";
    return g_strndup(from, strspn(from, "0123456789."));
}

static bool find_wireshark(struct paths *paths) {
    static const char *const programs[] = {"tshark", "wireshark"};
    for (size_t i = 0; i < G_N_ELEMENTS(programs) && !paths->version; i++) {
        char *said = ask(programs[i], " --version"), *folders = said ? ask(programs[i], " -G folders") : NULL;
        char *plugins = folders ? folder_of(folders, "Personal Plugins:") : NULL;
        char *configuration = folders ? folder_of(folders, "Personal configuration:") : NULL;
        if (plugins && configuration) {
            paths->version = version_in(said);
            paths->everybody = folder_of(folders, "Global Plugins:");
            paths->to_folder = g_build_filename(plugins, "epan", NULL);
            paths->to_plugin = g_build_filename(paths->to_folder, "capan.so", NULL);
            paths->to_profile = g_build_filename(configuration, "profiles", "capan", NULL);
        }
        g_free(configuration);
        g_free(plugins);
        g_free(folders);
        g_free(said);
    }
    return paths->version;
}

static bool is_our_line(const char *version) {
    return g_str_has_prefix(version, CAPAN_WIRESHARK_LINE ".");
}

static enum exit_status find(struct paths *paths) {
    if (geteuid() == 0)
        return refuse("as root Wireshark loads no personal plugin: ask as the user who wants it, or install it for "
                      "everybody (cmake --install, or the package capan-wireshark)");
    if (!find_wireshark(paths)) return refuse("there is no tshark or wireshark that could be asked for its folders");
    if (find_ours(paths)) return EXIT_FINE;
    return refuse("no plugin lies beside this program: build it with the plugin, or install capan-wireshark");
}

/* --- copying --- */

static bool is_same(const char *from, const char *to) {
    char *a = NULL, *b = NULL;
    gsize a_len = 0, b_len = 0;
    const bool same = g_file_get_contents(from, &a, &a_len, NULL) && g_file_get_contents(to, &b, &b_len, NULL) &&
                      a_len == b_len && memcmp(a, b, a_len) == 0;
    g_free(b);
    g_free(a);
    return same;
}

static bool copy(const char *from, const char *to) {
    GError *error = NULL;
    char *octets = NULL;
    gsize len = 0;
    const bool copied =
        g_file_get_contents(from, &octets, &len, &error) && g_file_set_contents(to, octets, (gssize)len, &error);
    if (!copied) g_printerr("capan: %s\n", error->message);
    g_clear_error(&error);
    g_free(octets);
    return copied;
}

static bool make_folder(const char *path) {
    if (g_mkdir_with_parents(path, 0755) == 0) return true;
    g_printerr("capan: %s: %s\n", path, g_strerror(errno));
    return false;
}

/* One file of the profile. */
typedef bool (*for_file)(const char *from, const char *to);

static bool copy_unless_there(const char *from, const char *to) {
    if (!g_file_test(to, G_FILE_TEST_EXISTS)) return copy(from, to);
    if (!is_same(from, to)) g_print("left alone, for it is not as capan has it: %s\n", to);
    return true;
}

static bool remove_if_same(const char *from, const char *to) {
    if (!g_file_test(to, G_FILE_TEST_EXISTS)) return true;
    if (is_same(from, to)) return g_unlink(to) == 0;
    g_print("left there, for it is not as capan has it: %s\n", to);
    return true;
}

static bool for_profile(const struct paths *paths, for_file what) {
    GDir *folder = g_dir_open(paths->from_profile, 0, NULL);
    bool done = true;
    for (const char *name; folder && (name = g_dir_read_name(folder));) {
        char *from = g_build_filename(paths->from_profile, name, NULL);
        char *to = g_build_filename(paths->to_profile, name, NULL);
        done = what(from, to) && done;
        g_free(to);
        g_free(from);
    }
    if (folder) g_dir_close(folder);
    return done;
}

static enum exit_status install(const struct paths *paths) {
    if (!is_our_line(paths->version)) {
        g_printerr("capan: the plugin was built for Wireshark %s, and %s is installed, which would refuse it: build "
                   "capan with that one's development files; nothing was changed\n",
                   CAPAN_WIRESHARK_LINE, paths->version);
        return EXIT_USAGE;
    }
    if (paths->everybody && g_str_has_prefix(paths->from_plugin, paths->everybody)) {
        g_print("Wireshark %s has it for everybody: %s\n", paths->version, paths->from_plugin);
        return EXIT_FINE;
    }
    if (!make_folder(paths->to_folder) || !copy(paths->from_plugin, paths->to_plugin)) return EXIT_INTERNAL;
    g_print("plugin for Wireshark %s: %s\n", paths->version, paths->to_plugin);
    if (!make_folder(paths->to_profile) || !for_profile(paths, copy_unless_there)) return EXIT_INTERNAL;
    g_print("profile: %s (choose it at the lower right of the window, or with -C capan)\n", paths->to_profile);
    return EXIT_FINE;
}

static enum exit_status uninstall(const struct paths *paths) {
    if (g_unlink(paths->to_plugin) == 0)
        g_print("removed: %s\n", paths->to_plugin);
    else if (errno == ENOENT)
        g_print("not there: %s\n", paths->to_plugin);
    else {
        g_printerr("capan: %s: %s\n", paths->to_plugin, g_strerror(errno));
        return EXIT_INTERNAL;
    }
    g_rmdir(paths->to_folder); /* where other plugins are, it stays */
    if (!for_profile(paths, remove_if_same)) return EXIT_INTERNAL;
    if (g_rmdir(paths->to_profile) == 0) g_print("removed: %s\n", paths->to_profile);
    return EXIT_FINE;
}

enum exit_status plugin_place(bool comes) {
    struct paths paths = {0};
    enum exit_status status = find(&paths);
    if (status == EXIT_FINE) status = comes ? install(&paths) : uninstall(&paths);
    paths_free(&paths);
    return status;
}

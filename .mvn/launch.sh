# For the scripts that run what this repository builds: finds a JDK since 25, and builds what is missing or too old.
# They set "root" and "jdk"; names of files are relative to the root and have no blanks.

say() {
    echo "$(basename "$0"): $*" >&2
}

# The feature release of the JDK at $1, from the file every JDK carries; 0 if there is no JDK.
feature_of() {
    feature=
    if [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ]; then
        feature=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    fi
    echo "${feature:-0}"
}

suits() {
    [ "$(feature_of "$1")" -ge 25 ]
}

find_jdk() {
    if [ -n "${SLUICE_JAVA_HOME:-}" ]; then
        suits "$SLUICE_JAVA_HOME" && echo "$SLUICE_JAVA_HOME" && return
        say "SLUICE_JAVA_HOME is '$SLUICE_JAVA_HOME', which is no JDK since 25; correct it or unset it"
        return 1
    fi
    on_path=$(command -v java || true)
    [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    for home in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* "${HOME:-}"/.sdkman/candidates/java/*; do
        suits "$home" && echo "$home" && return
    done
    say "no JDK since 25 found in JAVA_HOME, on the PATH, in /usr/lib/jvm or in SDKMAN's folder"
    say "install one, for instance Temurin 25 from https://adoptium.net or with 'sdk install java',"
    say "or name it: SLUICE_JAVA_HOME=/path/to/jdk-25 $0"
    return 1
}

# Whether the file $1 is missing or older than something it is made of: the further arguments, and our modules.
stale() {
    made=$1
    shift
    [ ! -f "$made" ] ||
        [ -n "$(find pom.xml bom/pom.xml ipc-*/pom.xml ipc-*/src/main "$@" -newer "$made" | head -n 1)" ]
}

build() {
    if ! command -v mvn > /dev/null; then
        say "the first run builds with Maven, which is not on the PATH; install Maven 3.8.1 or newer"
        return 1
    fi
    say "building (first run) ..."
    # Standard input and output belong to the command; Maven on a new JDK is told to be silent about its own libraries.
    quiet="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
    JAVA_HOME=$jdk MAVEN_OPTS="$quiet ${MAVEN_OPTS:-}" \
        mvn -q -B -Dstyle.color=never -pl "$1" -am package -Dmaven.test.skip=true < /dev/null >&2
    touch "$2"
}

# Builds the module $1 if its file $2 is missing or older than its sources, which are the further arguments. In a
# subshell, so that the directory of the caller stays; one build at a time, the others wait for it and use it.
build_if_stale() (
    cd "$root"
    module=$1
    shift
    if stale "$@"; then
        exec 9< pom.xml
        flock 9
        ! stale "$@" || build "$module" "$1" 9<&-
    fi
)

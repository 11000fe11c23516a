
use builtin;
use str;

set edit:completion:arg-completer[scenectl] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'scenectl'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'scenectl'= {
            cand --color 'When to use colours'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand pull 'Bring a scene from a live server into memory, and keep it in a file'
            cand info 'One page about a scene: protocol, versions, roots, counts, sizes, cameras'
            cand ls 'List objects'
            cand tree 'Show objects as the tree they own each other in'
            cand get 'Print a state, or a value in it'
            cand set 'Change properties of existing objects, into a new snapshot'
            cand convert 'Copy a scene from one form of snapshot into another'
            cand diff 'What differs between two scenes, by structure and not by id'
            cand replay 'Be a fake server for a snapshot, which the real clients accept'
            cand doctor 'Find what will not show, and say why'
            cand completions 'Print completions for a shell'
            cand man 'Print the manual page, or write one for every verb'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'scenectl;pull'= {
            cand --root 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]'
            cand --secret 'The server''s secret [default: the one wslink uses]'
            cand --secret-file 'Read the secret from a file (its first line)'
            cand --header 'Send a header with the handshake (repeatable)'
            cand --cookie 'Send a cookie with the handshake (repeatable)'
            cand --path 'The websocket''s path, where it is not /ws under the address'
            cand --ca-file 'Trust the certificates in this PEM file, too'
            cand --timeout 'Give up on a server that is silent for so long'
            cand --max-message 'Refuse messages larger than this'
            cand -o 'Write a snapshot: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout'
            cand --output 'Write a snapshot: a file (.wazex, .vtk-wasm, .zip), a folder (ends with / or has no extension), or - for stdout'
            cand --blob-cache 'Keep blobs in this folder, and do not fetch those that are in it'
            cand --retries 'Connect again so often when the connection is lost'
            cand --updates 'With --watch: stop after so many updates'
            cand --for 'With --watch: stop after so long'
            cand --color 'When to use colours'
            cand --insecure 'Do not check the server''s certificate'
            cand -f 'Overwrite what is there'
            cand --force 'Overwrite what is there'
            cand --compress 'Deflate the entries of a zip (smaller, slower)'
            cand --pretty 'Indent the states of a folder for reading; their bytes are then not the server''s'
            cand --provenance 'Note in the snapshot where and when it was pulled; the same scene then gives other bytes'
            cand --keep-partial 'Write what has come when the pull breaks off (exit code 3)'
            cand --verify 'Fail when a blob''s content does not belong to its name (with -o it is a warning; without, not looked at)'
            cand --timings 'Print where the time went'
            cand -w 'Stay, and follow the server''s updates (until Ctrl-C)'
            cand --watch 'Stay, and follow the server''s updates (until Ctrl-C)'
            cand --json 'Print the summary as JSON (with --watch: a line per update)'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;info'= {
            cand --root 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]'
            cand --secret 'The server''s secret [default: the one wslink uses]'
            cand --secret-file 'Read the secret from a file (its first line)'
            cand --header 'Send a header with the handshake (repeatable)'
            cand --cookie 'Send a cookie with the handshake (repeatable)'
            cand --path 'The websocket''s path, where it is not /ws under the address'
            cand --ca-file 'Trust the certificates in this PEM file, too'
            cand --timeout 'Give up on a server that is silent for so long'
            cand --max-message 'Refuse messages larger than this'
            cand --color 'When to use colours'
            cand --insecure 'Do not check the server''s certificate'
            cand --json 'Print JSON'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;ls'= {
            cand --root 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]'
            cand --secret 'The server''s secret [default: the one wslink uses]'
            cand --secret-file 'Read the secret from a file (its first line)'
            cand --header 'Send a header with the handshake (repeatable)'
            cand --cookie 'Send a cookie with the handshake (repeatable)'
            cand --path 'The websocket''s path, where it is not /ws under the address'
            cand --ca-file 'Trust the certificates in this PEM file, too'
            cand --timeout 'Give up on a server that is silent for so long'
            cand --max-message 'Refuse messages larger than this'
            cand --color 'When to use colours'
            cand --insecure 'Do not check the server''s certificate'
            cand --json 'Print one JSON object a line'
            cand --exit-status 'Exit with 1 when nothing matches'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;tree'= {
            cand --root 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]'
            cand --secret 'The server''s secret [default: the one wslink uses]'
            cand --secret-file 'Read the secret from a file (its first line)'
            cand --header 'Send a header with the handshake (repeatable)'
            cand --cookie 'Send a cookie with the handshake (repeatable)'
            cand --path 'The websocket''s path, where it is not /ws under the address'
            cand --ca-file 'Trust the certificates in this PEM file, too'
            cand --timeout 'Give up on a server that is silent for so long'
            cand --max-message 'Refuse messages larger than this'
            cand -d 'Go no deeper than this'
            cand --depth 'Go no deeper than this'
            cand --color 'When to use colours'
            cand --insecure 'Do not check the server''s certificate'
            cand --json 'Print one JSON object a line'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;get'= {
            cand --root 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]'
            cand --secret 'The server''s secret [default: the one wslink uses]'
            cand --secret-file 'Read the secret from a file (its first line)'
            cand --header 'Send a header with the handshake (repeatable)'
            cand --cookie 'Send a cookie with the handshake (repeatable)'
            cand --path 'The websocket''s path, where it is not /ws under the address'
            cand --ca-file 'Trust the certificates in this PEM file, too'
            cand --timeout 'Give up on a server that is silent for so long'
            cand --max-message 'Refuse messages larger than this'
            cand --color 'When to use colours'
            cand --insecure 'Do not check the server''s certificate'
            cand --json 'Print one JSON object a line: id, class, path, value'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;set'= {
            cand --root 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]'
            cand --secret 'The server''s secret [default: the one wslink uses]'
            cand --secret-file 'Read the secret from a file (its first line)'
            cand --header 'Send a header with the handshake (repeatable)'
            cand --cookie 'Send a cookie with the handshake (repeatable)'
            cand --path 'The websocket''s path, where it is not /ws under the address'
            cand --ca-file 'Trust the certificates in this PEM file, too'
            cand --timeout 'Give up on a server that is silent for so long'
            cand --max-message 'Refuse messages larger than this'
            cand -o 'Where to write the changed scene'
            cand --output 'Where to write the changed scene'
            cand --color 'When to use colours'
            cand --insecure 'Do not check the server''s certificate'
            cand -f 'Overwrite what is there'
            cand --force 'Overwrite what is there'
            cand --compress 'Deflate the entries of a zip (smaller, slower)'
            cand --pretty 'Indent the states of a folder for reading; their bytes are then not the server''s'
            cand --json 'Print JSON: what was changed, from what to what'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;convert'= {
            cand --root 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]'
            cand --secret 'The server''s secret [default: the one wslink uses]'
            cand --secret-file 'Read the secret from a file (its first line)'
            cand --header 'Send a header with the handshake (repeatable)'
            cand --cookie 'Send a cookie with the handshake (repeatable)'
            cand --path 'The websocket''s path, where it is not /ws under the address'
            cand --ca-file 'Trust the certificates in this PEM file, too'
            cand --timeout 'Give up on a server that is silent for so long'
            cand --max-message 'Refuse messages larger than this'
            cand --color 'When to use colours'
            cand --insecure 'Do not check the server''s certificate'
            cand -f 'Overwrite what is there'
            cand --force 'Overwrite what is there'
            cand --compress 'Deflate the entries of a zip (smaller, slower)'
            cand --pretty 'Indent the states of a folder for reading; their bytes are then not the server''s'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;diff'= {
            cand --ulp 'Floating point numbers may be so many steps apart'
            cand --rtol 'Numbers may be so far apart, relative to the larger one'
            cand --atol 'Numbers may be so far apart'
            cand --ignore 'Leave out a property of some objects (`*`: the objects as a whole); repeatable'
            cand --only 'Compare only these objects and what is below them (repeatable)'
            cand -U 'Print so many unchanged properties before and after each changed one'
            cand --context 'Print so many unchanged properties before and after each changed one'
            cand --root 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]'
            cand --secret 'The server''s secret [default: the one wslink uses]'
            cand --secret-file 'Read the secret from a file (its first line)'
            cand --header 'Send a header with the handshake (repeatable)'
            cand --cookie 'Send a cookie with the handshake (repeatable)'
            cand --path 'The websocket''s path, where it is not /ws under the address'
            cand --ca-file 'Trust the certificates in this PEM file, too'
            cand --timeout 'Give up on a server that is silent for so long'
            cand --max-message 'Refuse messages larger than this'
            cand --color 'When to use colours'
            cand --ignore-camera 'Leave out cameras'
            cand --across-versions 'Hide what one side''s software does not know: new properties with empty or default values'
            cand --strict 'Show noise, too: ids, counts of changes, platforms'' class names, times'
            cand --json 'Print the differences as one JSON document'
            cand --json-patch 'Print what makes B of A as JSON Patch (RFC 6902), for `scenectl patch`'
            cand --markdown 'Print the differences as Markdown, for a comment'
            cand --stat 'Print only how many differences each class has'
            cand --name-only 'Print only the paths of the objects that differ'
            cand --summary 'Print only the last line: how much differs'
            cand --exit-zero 'Exit with 0 also where the scenes differ'
            cand --insecure 'Do not check the server''s certificate'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;replay'= {
            cand --root 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]'
            cand --secret 'The server''s secret [default: the one wslink uses]'
            cand --secret-file 'Read the secret from a file (its first line)'
            cand --header 'Send a header with the handshake (repeatable)'
            cand --cookie 'Send a cookie with the handshake (repeatable)'
            cand --path 'The websocket''s path, where it is not /ws under the address'
            cand --ca-file 'Trust the certificates in this PEM file, too'
            cand --timeout 'Give up on a server that is silent for so long'
            cand --max-message 'Refuse messages larger than this'
            cand -l 'Where to listen; port 0 takes a free one'
            cand --listen 'Where to listen; port 0 takes a free one'
            cand --ready-file 'Write the line that says it is ready to this file, too'
            cand --for 'Stop after so long'
            cand --until-idle 'Stop when no client was connected for so long'
            cand --clients 'Stop when so many clients have come and gone'
            cand --max-msg-size 'Cut answers into frames of at most so many bytes'
            cand --color 'When to use colours'
            cand --insecure 'Do not check the server''s certificate'
            cand --allow-remote 'Allow an address that other machines reach'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;doctor'= {
            cand --root 'Pull only this root: a render window''s id or its view''s name (repeatable) [default: all]'
            cand --secret 'The server''s secret [default: the one wslink uses]'
            cand --secret-file 'Read the secret from a file (its first line)'
            cand --header 'Send a header with the handshake (repeatable)'
            cand --cookie 'Send a cookie with the handshake (repeatable)'
            cand --path 'The websocket''s path, where it is not /ws under the address'
            cand --ca-file 'Trust the certificates in this PEM file, too'
            cand --timeout 'Give up on a server that is silent for so long'
            cand --max-message 'Refuse messages larger than this'
            cand --bundle 'The client''s bundle (FILE.wasm, a folder, or a tar.gz): classes that it cannot build are errors'
            cand --probe 'On a live server: follow its updates for so long, and look for what grows or never settles'
            cand --deny 'Take findings of this code, or all warnings, for errors (repeatable)'
            cand --allow 'Leave findings of this code out (repeatable)'
            cand --explain 'Say what a code means, and what to do'
            cand --color 'When to use colours'
            cand --insecure 'Do not check the server''s certificate'
            cand --all 'Show all findings, also where there are many of one code'
            cand --json 'Print JSON'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;completions'= {
            cand --color 'When to use colours'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;man'= {
            cand --dir 'Write scenectl.1 and one page per verb into this folder'
            cand --color 'When to use colours'
            cand -q 'Say nothing but the answer and errors: no bars, no warnings'
            cand --quiet 'Say nothing but the answer and errors: no bars, no warnings'
            cand -v 'Say more on stderr (-v: what happens, -vv: every call)'
            cand --verbose 'Say more on stderr (-v: what happens, -vv: every call)'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'scenectl;help'= {
            cand pull 'Bring a scene from a live server into memory, and keep it in a file'
            cand info 'One page about a scene: protocol, versions, roots, counts, sizes, cameras'
            cand ls 'List objects'
            cand tree 'Show objects as the tree they own each other in'
            cand get 'Print a state, or a value in it'
            cand set 'Change properties of existing objects, into a new snapshot'
            cand convert 'Copy a scene from one form of snapshot into another'
            cand diff 'What differs between two scenes, by structure and not by id'
            cand replay 'Be a fake server for a snapshot, which the real clients accept'
            cand doctor 'Find what will not show, and say why'
            cand completions 'Print completions for a shell'
            cand man 'Print the manual page, or write one for every verb'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'scenectl;help;pull'= {
        }
        &'scenectl;help;info'= {
        }
        &'scenectl;help;ls'= {
        }
        &'scenectl;help;tree'= {
        }
        &'scenectl;help;get'= {
        }
        &'scenectl;help;set'= {
        }
        &'scenectl;help;convert'= {
        }
        &'scenectl;help;diff'= {
        }
        &'scenectl;help;replay'= {
        }
        &'scenectl;help;doctor'= {
        }
        &'scenectl;help;completions'= {
        }
        &'scenectl;help;man'= {
        }
        &'scenectl;help;help'= {
        }
    ]
    $completions[$command]
}

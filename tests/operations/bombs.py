"""Documents that are made to be expensive, in any size."""

from collections.abc import Callable, Mapping


def _fill(size: int, item: Callable[[int], str], overhead: int) -> str:
    """As many numbered items as fit into `size` characters beside `overhead`."""
    items: list[str] = []
    room = size - overhead
    while (room := room - len(text := item(len(items)))) >= 0:
        items.append(text)
    return "".join(items)


def fragment_chain(size: int) -> str:
    """Fragments that each spread the next one twice: exponential when spread out."""
    count = size // 60
    links = (f"fragment F{i} on Query{{...F{i + 1} ...F{i + 1}}}" for i in range(count))
    return "{...F0}" + "".join(links) + f"fragment F{count} on Query{{__typename}}"


def fragment_chain_of_fields(size: int) -> str:
    """The same with fields, whose merging validation has to check."""
    count = size // 70
    links = (
        f"fragment F{i} on ContactGroup{{id name ...F{i + 1} ...F{i + 1}}}" for i in range(count)
    )
    end = f"fragment F{count} on ContactGroup{{id}}"
    return "{contactGroup(id:1){...F0}}" + "".join(links) + end


def fragment_cycle(size: int) -> str:
    """Fragments that spread each other in a circle."""
    count = max(2, size // 50)
    links = (f"fragment F{i} on Query{{...F{(i + 1) % count} a:__typename}}" for i in range(count))
    return "{...F0}" + "".join(links)


def spreads(size: int) -> str:
    """One fragment, spread again and again."""
    return "{" + _fill(size, lambda _: "...F ", 40) + "}fragment F on Query{__typename}"


def fragments_of_one_field(size: int) -> str:
    """Many fragments that select the same field, all spread in one place."""
    count = size // 45
    spread = " ".join(f"...F{i}" for i in range(count))
    each = (f"fragment F{i} on ContactGroup{{name}}" for i in range(count))
    return f"{{contactGroup(id:1){{{spread}}}}}" + "".join(each)


def aliases(size: int) -> str:
    """One mutation under many names."""
    call = 'updateContactGroup(id:1,input:{name:"x"}){__typename}'
    return "mutation{" + _fill(size, lambda i: f"a{i}:{call} ", 20) + "}"


def directives(size: int) -> str:
    """One field with many directives."""
    return "{__typename " + _fill(size, lambda _: "@include(if:true)", 20) + "}"


def unknown_directives(size: int) -> str:
    """One field with many directives that do not exist, all different."""
    return "{__typename " + _fill(size, lambda i: f"@a{i}", 20) + "}"


def fields(size: int) -> str:
    """One field, written again and again."""
    return "{contactGroup(id:1){" + _fill(size, lambda _: "name ", 30) + "}}"


def objects(size: int) -> str:
    """One field with a selection, written again and again: all of them are merged."""
    return "{" + _fill(size, lambda _: "contactGroup(id:1){name id}", 10) + "}"


def nesting(size: int) -> str:
    """Selections within selections."""
    return "{a" * (size // 3) + "}" * (size // 3)


def inline_nesting(size: int) -> str:
    """Inline fragments within inline fragments."""
    depth = size // 15
    return "{" + "...on Query{" * depth + "__typename" + "}" * depth + "}"


def errors(size: int) -> str:
    """Fields that do not exist, all different."""
    return "{" + _fill(size, lambda i: f"x{i} ", 10) + "}"


def list_values(size: int) -> str:
    """A list of many values."""
    ids = _fill(size, lambda i: f"{i} ", 60)
    return f"{{contactGroups(filter:{{ids:[{ids}]}}){{itemCount}}}}"


def nested_lists(size: int) -> str:
    """Lists within lists."""
    return "{contactGroup(id:" + "[" * (size // 2) + "]" * (size // 2) + "){id}}"


def variables(size: int) -> str:
    """Variables, all defined and none used."""
    return "query(" + _fill(size, lambda i: f"$a{i}:ID ", 30) + "){__typename}"


def operations(size: int) -> str:
    """Many operations that spread the same chain of fragments."""
    each = _fill(size // 2, lambda i: f"query A{i}{{...F0}}", 0)
    count = size // 100
    links = (f"fragment F{i} on Query{{__typename ...F{i + 1}}}" for i in range(count))
    return each + "".join(links) + f"fragment F{count} on Query{{__typename}}"


def comments(size: int) -> str:
    """Comments, one character each."""
    return "#\n" * (size // 2) + "{__typename}"


def one_comment(size: int) -> str:
    """One long comment."""
    return "#" * size + "\n{__typename}"


def blank_lines(size: int) -> str:
    """Nothing much; the error after it has to find its line."""
    return "\n" * size + "{x}"


def escapes(size: int) -> str:
    """A string of escapes."""
    return '{contactGroup(id:"' + "\\n" * (size // 2) + '"){id}}'


def block_string(size: int) -> str:
    """A block string of blank lines, whose indentation has to be found."""
    return '{contactGroup(id:"""' + " \n" * (size // 2) + '"""){id}}'


def digits(size: int) -> str:
    """One long integer."""
    return "{contactGroups(page:" + "9" * size + "){itemCount}}"


def long_name(size: int) -> str:
    """One long name, which an error would quote."""
    return "{" + "x" * size + "}"


def blanks(size: int) -> str:
    """A string of blanks where a number belongs, which a refusal quotes."""
    return '{contactGroups(page:"' + " " * size + '"){itemCount}}'


def commas(size: int) -> str:
    """The same with commas."""
    return '{contactGroups(filter:", ' + "," * size + '"){itemCount}}'


def lines_in_lists(size: int) -> str:
    """Lines of a text within lists, which a refusal prints indented."""
    depth = min(180, size // 20)
    lines = '"""' + "a\n" * ((size - 2 * depth) // 2) + '"""'
    return "{contactGroup(id:" + "[" * depth + lines + "]" * depth + "){id}}"


def variables_of_operations(size: int) -> str:
    """Many operations that spread a fragment in which there are many variables."""
    each = _fill(size // 3, lambda i: f"query A{i}($v:ID!){{...F}}", 0)
    ids = _fill(size // 3, lambda _: "$v ", 0)
    return each + f"fragment F on Query{{contactGroups(filter:{{ids:[{ids}]}}){{itemCount}}}}"


def fields_with_arguments(size: int) -> str:
    """Fields of one name with arguments and selections, each to be compared with each."""
    call = 'updateContactGroup(id:"0",input:{{name:"{}"}}){{...on MutationError{{code}}}}'
    items = _fill(size, lambda i: f"...on Mutation{{{call.format(i % 2)}}}", 20)
    return "mutation{" + items + "}"


BOMBS: Mapping[str, Callable[[int], str]] = {
    bomb.__name__: bomb
    for bomb in (
        fragment_chain, fragment_chain_of_fields, fragment_cycle, spreads, fragments_of_one_field,
        aliases, directives, unknown_directives, fields, objects, nesting, inline_nesting, errors,
        list_values, nested_lists, variables, operations, comments, one_comment, blank_lines,
        escapes, block_string, digits, long_name, blanks, commas, lines_in_lists,
        variables_of_operations, fields_with_arguments,
    )
}  # fmt: skip

package io.bayes4j.layers.io;

import io.bayes4j.layers.io.PickleValue.Dictionary;
import io.bayes4j.layers.io.PickleValue.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a pickle of Python's protocols 0 to 5 without running anything: a class or function is a
 * name, and what is made of it is what {@link PickleNames} says, or nothing.
 *
 * <p>The work is a step for each byte at most, the memory an object for each step, and the steps
 * are limited. There is no recursion.
 */
final class PickleReader {
  private static final int MOST_STEPS = 1 << 23;
  private static final Object MARK = new Object();

  private final Origin origin;
  private final PickleInput in;
  private final PickleNames names;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();

  PickleReader(Origin origin, PickleInput in, PickleNames names) {
    this.origin = origin;
    this.in = in;
    this.names = names;
  }

  /**
   * Reads up to the STOP.
   *
   * @throws MalformedTensorFileException if the pickle breaks a rule, or says what its reader would
   *     have to run
   */
  Object read() throws IOException {
    for (int steps = 0; steps < MOST_STEPS; steps++) {
      int code = in.u1();
      if (code == '.') {
        return pop();
      }
      boolean known = structure(code) || numberOrText(code) || object(code);
      if (!known) {
        throw origin.malformed(
            "a pickle must hold values only, holds the instruction 0x" + Integer.toHexString(code));
      }
    }
    throw origin.malformed("a pickle must have at most " + MOST_STEPS + " instructions");
  }

  /** Instructions that move what there is. */
  private boolean structure(int code) throws IOException {
    switch (code) {
      case 0x80 -> protocol(in.u1());
      case 0x95 -> in.i8(); // The length of a frame, which is a hint for reading ahead.
      case '(' -> stack.add(MARK);
      case '0' -> pop();
      case '1' -> sinceMark();
      case '2' -> stack.add(top());
      case 'p' -> memo.put(number(in.line()), top());
      case 'q' -> memo.put((long) in.u1(), top());
      case 'r' -> memo.put(in.u4(), top());
      case 0x94 -> memo.put((long) memo.size(), top());
      case 'g' -> stack.add(remembered(number(in.line())));
      case 'h' -> stack.add(remembered(in.u1()));
      case 'j' -> stack.add(remembered(in.u4()));
      case ')' -> stack.add(new Sequence(List.of()));
      case 't', 'l' -> stack.add(new Sequence(sinceMark()));
      case 0x85 -> stack.add(tuple(1));
      case 0x86 -> stack.add(tuple(2));
      case 0x87 -> stack.add(tuple(3));
      case ']' -> stack.add(new Sequence(List.of()));
      case 'a' -> append(Collections.singletonList(pop()));
      case 'e' -> append(sinceMark());
      case '}' -> stack.add(new Dictionary());
      case 'd' -> stack.add(filled(new Dictionary(), sinceMark()));
      case 's' -> setItem();
      case 'u' -> {
        List<Object> items = sinceMark();
        filled(top(), items);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean numberOrText(int code) throws IOException {
    switch (code) {
      case 'N' -> stack.add(null);
      case 0x88 -> stack.add(true);
      case 0x89 -> stack.add(false);
      case 'I' -> stack.add(number(in.line()));
      case 'L' -> stack.add(number(in.line().replaceFirst("L$", "")));
      case 'J' -> stack.add((long) in.i4());
      case 'K' -> stack.add((long) in.u1());
      case 'M' -> stack.add((long) in.u2());
      case 0x8a -> stack.add(integer(in.bytes(in.u1())));
      case 0x8b -> stack.add(integer(in.bytes(in.u4())));
      case 'F' -> {
        in.line();
        stack.add(PickleValue.OTHER);
      }
      case 'G' -> stack.add(in.bigEndianDouble());
      case 'S' -> stack.add(unquoted(in.line()));
      case 'V' -> stack.add(in.line());
      case 'U', 0x8c -> stack.add(in.utf8(in.u1()));
      case 'T', 'X' -> stack.add(in.utf8(in.u4()));
      case 0x8d -> stack.add(in.utf8(in.i8()));
      case 'C' -> skip(in.u1());
      case 'B' -> skip(in.u4());
      case 0x8e, 0x96 -> skip(in.i8());
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Bytes: no weights are there. */
  private void skip(long count) throws IOException {
    in.bytes(count);
    stack.add(PickleValue.OTHER);
  }

  private boolean object(int code) throws IOException {
    switch (code) {
      case 'c' -> stack.add(names.named(in.line(), in.line()));
      case 0x93 -> {
        Object name = pop();
        Object module = pop();
        if (!(name instanceof String own) || !(module instanceof String place)) {
          throw origin.malformed("a class must be named by two texts");
        }
        stack.add(names.named(place, own));
      }
      case 'R', 0x81 -> {
        Object arguments = pop();
        stack.add(names.made(pop(), arguments));
      }
      case 'b' -> pop(); // Attributes: those of a state dict are versions of its layers.
      case 'Q' -> stack.add(names.storage(pop()));
      case 0x8f -> stack.add(PickleValue.OTHER);
      case 0x90 -> sinceMark();
      case 0x91 -> {
        sinceMark();
        stack.add(PickleValue.OTHER);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void protocol(int version) throws MalformedTensorFileException {
    if (version > 5) {
      throw origin.malformed("a pickle must be of protocol 0 to 5, is of " + version);
    }
  }

  private Object top() throws MalformedTensorFileException {
    if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
      throw origin.malformed("a pickle must not take what it has not given");
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() throws MalformedTensorFileException {
    Object top = top();
    stack.remove(stack.size() - 1);
    return top;
  }

  private List<Object> sinceMark() throws MalformedTensorFileException {
    int mark = stack.lastIndexOf(MARK);
    if (mark < 0) {
      throw origin.malformed("a pickle must not take what it has not given");
    }
    List<Object> tail = stack.subList(mark + 1, stack.size());
    List<Object> items = new ArrayList<>(tail);
    tail.clear();
    stack.remove(mark);
    return items;
  }

  private Object remembered(long index) throws MalformedTensorFileException {
    if (!memo.containsKey(index)) {
      throw origin.malformed("a pickle must recall what it has kept, recalls number " + index);
    }
    return memo.get(index);
  }

  private Sequence tuple(int count) throws MalformedTensorFileException {
    Object[] items = new Object[count];
    for (int i = count - 1; i >= 0; i--) {
      items[i] = pop();
    }
    return new Sequence(Arrays.asList(items));
  }

  private void append(List<Object> items) throws MalformedTensorFileException {
    if (top() instanceof Sequence list) {
      list.items().addAll(items);
    } else if (top() != PickleValue.OTHER) {
      throw origin.malformed("a pickle must append to lists only");
    }
  }

  private void setItem() throws MalformedTensorFileException {
    Object value = pop();
    Object key = pop();
    filled(top(), Arrays.asList(key, value));
  }

  private Object filled(Object dictionary, List<Object> items) throws MalformedTensorFileException {
    if (items.size() % 2 != 0) {
      throw origin.malformed("a dictionary in a pickle must have a value for each key");
    }
    if (dictionary instanceof Dictionary entries) {
      for (int i = 0; i < items.size(); i += 2) {
        if (items.get(i) instanceof String key) {
          entries.entries().put(key, items.get(i + 1));
        }
      }
    } else if (dictionary != PickleValue.OTHER) {
      throw origin.malformed("a pickle must set items of dictionaries only");
    }
    return dictionary;
  }

  private static Object integer(byte[] littleEndian) {
    if (littleEndian.length > Long.BYTES) {
      return PickleValue.OTHER;
    }
    long value = littleEndian.length > 0 && littleEndian[littleEndian.length - 1] < 0 ? -1 : 0;
    for (int i = littleEndian.length - 1; i >= 0; i--) {
      value = value << 8 | (littleEndian[i] & 0xff);
    }
    return value;
  }

  private long number(String text) throws MalformedTensorFileException {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw origin.malformed("a number in a pickle must be whole, is " + Origin.quote(text), e);
    }
  }

  private static String unquoted(String text) {
    return text.length() < 2 ? text : text.substring(1, text.length() - 1);
  }
}

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MutableRecordBatch;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.PrimitiveRef;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.LogValidator;

/**
 * Does with Kafka's own classes what each line of a file asks for, and prints one line for each:
 * `message KEY request|response VERSION HEX` reads a message and writes it again,
 * `read HEX` tells the records of a batch, `write CODEC COUNT` makes a batch, `set MAGIC CODEC COUNT` a message set,
 * `down MAGIC OFFSET HEX` converts batches for a client of before 0.11 that reads on from there,
 * `up HEX` converts a message set for the log, which ends at offset 1000.
 */
public class WireCheck {
  private static final HexFormat HEX = HexFormat.of();

  public static void main(String[] args) throws Exception {
    List<String> answers = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      try {
        answers.add(answer(line.split(" ", -1)));
      } catch (Exception e) {
        answers.add("failed " + e);
      }
    }
    Files.write(Path.of(args[1]), answers);
  }

  private static String answer(String[] words) {
    switch (words[0]) {
      case "message":
        return message(Short.parseShort(words[1]), words[2], Short.parseShort(words[3]), HEX.parseHex(words[4]));
      case "read":
        return read(HEX.parseHex(words[1]));
      case "set":
        return set(Byte.parseByte(words[1]), CompressionType.forName(words[2]), Integer.parseInt(words[3]));
      case "down":
        return down(Byte.parseByte(words[1]), Long.parseLong(words[2]), HEX.parseHex(words[3]));
      case "up":
        return up(HEX.parseHex(words[1]));
      default:
        return write(CompressionType.forName(words[1]), Integer.parseInt(words[2]));
    }
  }

  private static String message(short key, String kind, short version, byte[] bytes) {
    ApiMessageType type = ApiMessageType.fromApiKey(key);
    ApiMessage message = kind.equals("request") ? type.newRequest() : type.newResponse();
    ByteBuffer input = ByteBuffer.wrap(bytes);
    message.read(new ByteBufferAccessor(input), version);
    if (input.hasRemaining()) return "failed: " + input.remaining() + " bytes left";
    ObjectSerializationCache cache = new ObjectSerializationCache();
    ByteBuffer output = ByteBuffer.allocate(message.size(cache, version));
    message.write(new ByteBufferAccessor(output), cache, version);
    return HEX.formatHex(output.array(), 0, output.position());
  }

  private static String read(byte[] bytes) {
    StringJoiner all = new StringJoiner(" ");
    for (MutableRecordBatch batch : MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches()) {
      batch.ensureValid();
      for (Record record : batch) {
        StringBuilder text = new StringBuilder();
        text.append(record.offset()).append(',').append(record.timestamp());
        text.append(',').append(hex(record.key())).append(',').append(hex(record.value()));
        for (Header header : record.headers()) {
          text.append(',').append(header.key()).append('=').append(hex(wrap(header.value())));
        }
        all.add(text);
      }
    }
    return all.toString();
  }

  private static String set(byte magic, CompressionType codec, int count) {
    SimpleRecord[] records = new SimpleRecord[count];
    for (int i = 0; i < count; i++) {
      byte[] key = i % 3 == 0 ? null : ("key " + i).getBytes(StandardCharsets.UTF_8);
      byte[] value = i % 5 == 4 ? null : "value ".repeat(i % 40).getBytes(StandardCharsets.UTF_8);
      records[i] = new SimpleRecord(1_700_000_000_000L + i * 7L, key, value);
    }
    return hex(MemoryRecords.withRecords(magic, 1000L, Compression.of(codec).build(), records).buffer());
  }

  private static String down(byte magic, long firstOffset, byte[] bytes) {
    MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(bytes));
    return hex(records.downConvert(magic, firstOffset, Time.SYSTEM).records().buffer());
  }

  private static String up(byte[] bytes) {
    MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(bytes));
    CompressionType source = records.batches().iterator().next().compressionType();
    LogValidator validator = new LogValidator(records, new TopicPartition("topic", 0), Time.SYSTEM, source,
        Compression.of(source).build(), false, RecordBatch.MAGIC_VALUE_V2, TimestampType.CREATE_TIME,
        Long.MAX_VALUE, Long.MAX_VALUE, 3, AppendOrigin.CLIENT, MetadataVersion.latestProduction());
    LogValidator.ValidationResult result = validator.validateMessagesAndAssignOffsets(
        PrimitiveRef.ofLong(1000L), new NoMetrics(), BufferSupplier.NO_CACHING);
    return hex(result.validatedRecords.buffer());
  }

  private static final class NoMetrics implements LogValidator.MetricsRecorder {
    public void recordInvalidMagic() {}
    public void recordInvalidOffset() {}
    public void recordInvalidSequence() {}
    public void recordInvalidChecksums() {}
    public void recordNoKeyCompactedTopic() {}
  }

  private static String write(CompressionType codec, int count) {
    SimpleRecord[] records = new SimpleRecord[count];
    for (int i = 0; i < count; i++) {
      byte[] key = i % 3 == 0 ? null : ("key " + i).getBytes(StandardCharsets.UTF_8);
      byte[] value = i % 5 == 4 ? null : "value ".repeat(i % 40).getBytes(StandardCharsets.UTF_8);
      Header[] headers = i % 2 == 0 ? new Header[0] : new Header[] {new RecordHeader("h" + i, key)};
      records[i] = new SimpleRecord(1_700_000_000_000L + i * 7L, key, value, headers);
    }
    MemoryRecords built = MemoryRecords.withRecords(1000L, Compression.of(codec).build(), 3, records);
    byte[] bytes = new byte[built.sizeInBytes()];
    built.buffer().get(bytes);
    return HEX.formatHex(bytes);
  }

  private static ByteBuffer wrap(byte[] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }

  private static String hex(ByteBuffer buffer) {
    if (buffer == null) return "null";
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return HEX.formatHex(bytes);
  }
}

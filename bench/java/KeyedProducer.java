import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records with keys drawn evenly from a fixed number, for a compacted topic. Arguments: servers, topic, records, bytes, keys. */
public class KeyedProducer {
    public static void main(String[] args) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", args[0], "batch.size", 65536);
        long records = Long.parseLong(args[2]);
        byte[] value = new byte[Integer.parseInt(args[3])];
        int keys = Integer.parseInt(args[4]);
        Random random = new Random(1);
        random.nextBytes(value);
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long i = 0; i < records; i++) {
                byte[] key = ByteBuffer.allocate(8).putLong(random.nextInt(keys)).array();
                producer.send(new ProducerRecord<>(args[1], key, value), (metadata, error) -> {
                    if (error != null) failure.set(error);
                });
            }
        }
        if (failure.get() != null) throw failure.get();
    }
}

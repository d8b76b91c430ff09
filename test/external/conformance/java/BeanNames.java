import java.util.TreeSet;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Prints the beans of a Kafka broker that have a number to show, one attribute a line: the bean's name, a tab, the
 * attribute's name. Its argument is the port on which the broker's JMX listens.
 */
public class BeanNames {
    public static void main(String[] args) throws Exception {
        String url = "service:jmx:rmi:///jndi/rmi://127.0.0.1:" + args[0] + "/jmxrmi";
        TreeSet<String> lines = new TreeSet<>();
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(url))) {
            MBeanServerConnection beans = connector.getMBeanServerConnection();
            for (ObjectName name : beans.queryNames(new ObjectName("kafka.*:*"), null)) {
                for (MBeanAttributeInfo attribute : beans.getMBeanInfo(name).getAttributes()) {
                    if (isNumber(beans, name, attribute.getName())) {
                        lines.add(name.getDomain() + ":" + name.getKeyPropertyListString() + "\t" + attribute.getName());
                    }
                }
            }
        }
        lines.forEach(System.out::println);
    }

    /** An attribute that cannot be read now is not shown by an exporter either. */
    private static boolean isNumber(MBeanServerConnection beans, ObjectName name, String attribute) {
        try {
            return beans.getAttribute(name, attribute) instanceof Number;
        } catch (Exception unreadable) {
            return false;
        }
    }
}

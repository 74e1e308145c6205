"""Events through RabbitMQ, where `INNKEEPER_EVENTS_URL` names one. Imported only then."""

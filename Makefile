# Each target finds a Python that is new enough and hands over to one script. Variables: PORT, SERVE (demo), ARGS (test, soak, bench, lock).
PYTHON = $$(sh scripts/find_python.sh)
RUN = @python="$(PYTHON)" && exec "$$python" -m

.PHONY: help demo test lint bench soak messages lock
help:
	@echo "make demo      cài đặt, nạp dữ liệu mẫu, in báo cáo vào out/, mở http://127.0.0.1:8000 (PORT=…, SERVE=0)"
	@echo "make test      kiểm thử trên SQLite và PostgreSQL (ARGS=\"-k tên\")"
	@echo "make lint      kiểm tra cách viết, kiểu, hướng import, bản dịch"
	@echo "make bench     đo tốc độ, ghi out/bench.json"
	@echo "make soak      thử sự cố kéo dài"
	@echo "make messages  ghép và biên dịch bản dịch"
	@echo "make lock      khóa lại phiên bản các gói Python"

demo:
	$(RUN) scripts.demo

test:
	$(RUN) scripts.run_tests

soak:
	$(RUN) scripts.run_tests --soak

lint:
	$(RUN) scripts.lint

bench:
	$(RUN) scripts.run_bench

messages:
	$(RUN) scripts.setup lint
	@.venv/bin/python -m scripts.messages

lock:
	$(RUN) scripts.setup lint
	@.venv/bin/python -m scripts.lock
